import type { SeenAgent, SeenDimensions, SeenMember } from '@wxcc/db/journey/dimensions'
import { type CarRecord, type CsrRecord, knownText } from '../rules/records.ts'
import type { ConversationFacts, EngagementFacts } from '../rules/segment/facts.ts'
import type { AgentType, SourceIds } from '../source-ids.ts'
import { SeenLabels } from './seen-labels.ts'

interface Draft {
  readonly id: string
  readonly sourceId: string
  readonly names: SeenLabels
}

interface AgentDraft extends Draft {
  readonly agentType: AgentType
  readonly logins: SeenLabels
}

const DAY_MS = 86_400_000

/**
 * Gathers every member of a dimension that records and rows mention, so that no fact points nowhere, and every name they give it. All copies of a
 * task are read, also those that are not the newest: then the set does not depend on which copy came first.
 */
export class SeenMembers {
  readonly #ids: SourceIds
  readonly #agents = new Map<AgentType, Map<string, AgentDraft>>()
  readonly #queues = new Map<string, Draft>()
  readonly #teams = new Map<string, Draft>()
  readonly #sites = new Map<string, Draft>()
  readonly #entryPoints = new Map<string, Draft>()
  readonly #outcomes = new Map<string, Draft>()
  #day = 0

  constructor(ids: SourceIds) {
    this.#ids = ids
  }

  get all(): SeenDimensions {
    return {
      agents: [...this.#agents.values()].flatMap((ofType) => [...ofType.values()].map(finishAgent)),
      queues: [...this.#queues.values()].map(finish),
      teams: [...this.#teams.values()].map(finish),
      sites: [...this.#sites.values()].map(finish),
      entryPoints: [...this.#entryPoints.values()].map(finish),
      outcomes: [...this.#outcomes.values()].map(finish),
    }
  }

  /** When the record that is read next was made, epoch ms: the newest one's names count. */
  at(timeMs: number): void {
    // A record without a time is malformed, and buried elsewhere.
    if (Number.isFinite(timeMs)) this.#day = Math.floor(timeMs / DAY_MS)
  }

  agent(type: AgentType, sourceId: unknown, name: unknown, login: unknown = null): void {
    const id = knownText(sourceId)
    if (id === null) return
    const ofType = this.#agents.get(type) ?? new Map<string, AgentDraft>()
    this.#agents.set(type, ofType)
    let draft = ofType.get(id)
    if (draft === undefined) {
      const uuid = this.#ids.agent(type, id)
      draft = { id: uuid, sourceId: id, agentType: type, names: new SeenLabels(), logins: new SeenLabels() }
      ofType.set(id, draft)
    }
    draft.names.see(name, this.#day)
    draft.logins.see(login, this.#day)
  }

  queue = (sourceId: unknown, name: unknown): void => this.#member(this.#queues, this.#ids.queue, sourceId, name)
  team = (sourceId: unknown, name: unknown): void => this.#member(this.#teams, this.#ids.team, sourceId, name)
  site = (sourceId: unknown, name: unknown): void => this.#member(this.#sites, this.#ids.site, sourceId, name)
  entryPoint = (sourceId: unknown, name: unknown): void =>
    this.#member(this.#entryPoints, this.#ids.entryPoint, sourceId, name)
  outcome = (sourceId: unknown, name: unknown): void => this.#member(this.#outcomes, this.#ids.outcome, sourceId, name)

  task(csr: CsrRecord, cars: readonly CarRecord[]): void {
    this.at(csr.createdTime)
    this.agent('User', csr.lastAgent?.id, csr.lastAgent?.name, csr.lastAgent?.signInId)
    this.agent('Menu', csr.ivrScriptId, csr.ivrScriptName)
    this.agent('Bot', csr.botName, csr.botName)
    this.queue(csr.firstQueueId, csr.firstQueueName)
    this.queue(csr.lastQueue?.id, csr.lastQueue?.name)
    this.team(csr.lastTeam?.id, csr.lastTeam?.name)
    this.site(csr.lastSite?.id, csr.lastSite?.name)
    this.entryPoint(csr.lastEntryPoint?.id, csr.lastEntryPoint?.name)
    this.outcome(csr.lastWrapUpCodeId, csr.lastWrapupCodeName)
    for (const car of cars) this.#car(car)
  }

  #car(car: CarRecord): void {
    this.at(car.createdTime)
    this.agent('User', car.agentId, car.agentName)
    this.agent('User', car.destinationAgentId, car.destinationAgentName)
    this.agent('Menu', car.ivrScriptId, car.ivrScriptName)
    this.queue(car.queueId, car.queueName)
    this.queue(car.destinationQueueId, car.destinationQueueName)
    this.team(car.teamId, car.teamName)
    this.team(car.destinationAgentTeamId, car.destinationAgentTeamName)
    this.site(car.siteId, car.siteName)
    this.entryPoint(car.entrypointId, car.entrypointName)
    this.entryPoint(car.consultEpId, car.consultEpName)
  }

  /** What the rows point at, in case a rule found it where `task` does not look. */
  rows(conversation: ConversationFacts, engagements: readonly EngagementFacts[]): void {
    this.entryPoint(conversation.source_entry_point_id, null)
    this.queue(conversation.source_first_queue_id, null)
    this.queue(conversation.source_last_queue_id, null)
    for (const row of engagements) {
      if (row.agent_type !== null) this.agent(row.agent_type, row.source_agent_id, null)
      this.queue(row.source_queue_id, null)
      this.team(row.source_team_id, null)
      this.site(row.source_site_id, null)
      this.entryPoint(row.source_entry_point_id, null)
      this.outcome(row.source_wrap_up_code_id, null)
    }
  }

  #member(members: Map<string, Draft>, idOf: (sourceId: string) => string, sourceId: unknown, name: unknown): void {
    const id = knownText(sourceId)
    if (id === null) return
    let draft = members.get(id)
    if (draft === undefined) {
      draft = { id: idOf(id), sourceId: id, names: new SeenLabels() }
      members.set(id, draft)
    }
    draft.names.see(name, this.#day)
  }
}

function finish({ id, sourceId, names }: Draft): SeenMember {
  return { id, sourceId, names: names.all }
}

function finishAgent({ id, sourceId, agentType, names, logins }: AgentDraft): SeenAgent {
  return { id, sourceId, agentType, names: names.all, logins: logins.all }
}
