import type { SeenAgent, SeenDimensions, SeenMember } from '@wxcc/db/journey/dimensions'
import { type CarRecord, type CsrRecord, knownText } from '../rules/records.ts'
import type { ConversationFacts, EngagementFacts } from '../rules/segment/facts.ts'
import type { AgentType, SourceIds } from '../source-ids.ts'

/**
 * Gathers every member of a dimension that records and rows mention, so that no fact points nowhere. All copies of a task are read, also those
 * that are not the newest: then the set does not depend on which copy came first.
 */
export class SeenMembers {
  readonly #ids: SourceIds
  readonly #agents = new Map<AgentType, Map<string, SeenAgent>>()
  readonly #queues = new Map<string, SeenMember>()
  readonly #teams = new Map<string, SeenMember>()
  readonly #sites = new Map<string, SeenMember>()
  readonly #entryPoints = new Map<string, SeenMember>()
  readonly #outcomes = new Map<string, SeenMember>()

  constructor(ids: SourceIds) {
    this.#ids = ids
  }

  get all(): SeenDimensions {
    return {
      agents: [...this.#agents.values()].flatMap((ofType) => [...ofType.values()]),
      queues: [...this.#queues.values()],
      teams: [...this.#teams.values()],
      sites: [...this.#sites.values()],
      entryPoints: [...this.#entryPoints.values()],
      outcomes: [...this.#outcomes.values()],
    }
  }

  agent(type: AgentType, sourceId: unknown, name: unknown, login: unknown = null): void {
    const id = knownText(sourceId)
    if (id === null) return
    const ofType = this.#agents.get(type) ?? new Map<string, SeenAgent>()
    this.#agents.set(type, ofType)
    const held = ofType.get(id)
    const known = { name: firstName(held?.name, name), login: firstName(held?.login, login) }
    if (held !== undefined && held.name === known.name && held.login === known.login) return
    ofType.set(id, { id: held?.id ?? this.#ids.agent(type, id), sourceId: id, agentType: type, ...known })
  }

  queue = (sourceId: unknown, name: unknown): void => add(this.#queues, this.#ids.queue, sourceId, name)
  team = (sourceId: unknown, name: unknown): void => add(this.#teams, this.#ids.team, sourceId, name)
  site = (sourceId: unknown, name: unknown): void => add(this.#sites, this.#ids.site, sourceId, name)
  entryPoint = (sourceId: unknown, name: unknown): void => add(this.#entryPoints, this.#ids.entryPoint, sourceId, name)
  outcome = (sourceId: unknown, name: unknown): void => add(this.#outcomes, this.#ids.outcome, sourceId, name)

  task(csr: CsrRecord, cars: readonly CarRecord[]): void {
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
}

function add(
  members: Map<string, SeenMember>,
  idOf: (sourceId: string) => string,
  sourceId: unknown,
  name: unknown,
): void {
  const id = knownText(sourceId)
  if (id === null) return
  const held = members.get(id)
  const known = firstName(held?.name, name)
  if (held === undefined) members.set(id, { id: idOf(id), sourceId: id, name: known })
  else if (held.name !== known) members.set(id, { ...held, name: known })
}

/** Where records disagree, the alphabetically first name, so that their order decides nothing. */
function firstName(held: string | null | undefined, met: unknown): string | null {
  const name = knownText(met)
  if (held == null || name === null) return name ?? held ?? null
  return name < held ? name : held
}
