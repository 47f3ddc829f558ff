import { type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import { inStatements, sortedByKey } from './recordset.ts'

/** A member of a dimension as a record names it: our id, the vendor's id, and its name if the record says it. */
export interface SeenMember {
  readonly id: string
  readonly sourceId: string
  readonly name: string | null
}

export interface SeenAgent extends SeenMember {
  readonly agentType: 'User' | 'Menu' | 'Bot' | 'External'
  readonly login: string | null
}

export interface SeenStatus {
  readonly id: string
  readonly sourceState: string
  readonly idleCodeId: string
  readonly name: string
  readonly stateGroup: string
  readonly availability: string
  readonly isUnknown: boolean
}

export interface SeenDimensions {
  readonly agents: readonly SeenAgent[]
  readonly queues: readonly SeenMember[]
  readonly teams: readonly SeenMember[]
  readonly sites: readonly SeenMember[]
  readonly entryPoints: readonly SeenMember[]
  readonly outcomes: readonly SeenMember[]
}

/**
 * Makes sure that every member the records mention exists. A record's name fills an empty one and never replaces another: the configuration
 * knows better. Rows that need nothing are not touched, since all mappers meet at these few rows and an upsert would lock them.
 */
export async function seeDimensions(tx: Transaction<DB>, dataSourceId: number, seen: SeenDimensions): Promise<void> {
  await seeAgents(tx, dataSourceId, seen.agents)
  await seeMembers(tx, dataSourceId, 'journey.entry_point', 'entry_point_id', 'source_entry_point_id', seen.entryPoints)
  await seeMembers(tx, dataSourceId, 'journey.outcome', 'outcome_id', 'source_wrap_up_code_id', seen.outcomes)
  await seeMembers(tx, dataSourceId, 'journey.queue', 'queue_id', 'source_queue_id', seen.queues)
  await seeMembers(tx, dataSourceId, 'journey.site', 'site_id', 'source_site_id', seen.sites)
  await seeMembers(tx, dataSourceId, 'journey.team', 'team_id', 'source_team_id', seen.teams)
}

async function seeMembers(
  tx: Transaction<DB>,
  dataSourceId: number,
  table: string,
  idColumn: string,
  sourceColumn: string,
  members: readonly SeenMember[],
): Promise<void> {
  const [name, id, sourceId] = [sql.table(table), sql.ref(idColumn), sql.ref(sourceColumn)]
  for (const json of inStatements(namedMembers(members))) {
    await sql`
      insert into ${name} as t (${id}, data_source_id, ${sourceId}, name)
      select x.id, ${dataSourceId}, x."sourceId", x.name
      from json_to_recordset(${json}::json) as x(id uuid, "sourceId" text, name text)
      where not exists (select from ${name} k where k.${id} = x.id and (k.name is not null or x.name is null))
      on conflict (${id}) do update set name = excluded.name, updated_at = now()
      where t.name is null and excluded.name is not null`.execute(tx)
  }
}

async function seeAgents(tx: Transaction<DB>, dataSourceId: number, agents: readonly SeenAgent[]): Promise<void> {
  for (const json of inStatements(namedMembers(agents))) {
    await sql`
      insert into journey.agent as t (agent_id, data_source_id, source_agent_id, agent_type, name, login)
      select x.id, ${dataSourceId}, x."sourceId", x."agentType", x.name, x.login
      from json_to_recordset(${json}::json) as x(id uuid, "sourceId" text, "agentType" text, name text, login text)
      where not exists (
        select from journey.agent k where k.agent_id = x.id
        and (k.name is not null or x.name is null) and (k.login is not null or x.login is null))
      on conflict (agent_id) do update
      set name = coalesce(t.name, excluded.name), login = coalesce(t.login, excluded.login), updated_at = now()
      where (t.name is null and excluded.name is not null) or (t.login is null and excluded.login is not null)`.execute(
      tx,
    )
  }
}

/** Statuses follow the table of states (mapping rulings 27-29), which may learn: a changed group replaces the old one. */
export async function saveAgentStatuses(
  tx: Transaction<DB>,
  dataSourceId: number,
  statuses: readonly SeenStatus[],
): Promise<void> {
  for (const json of inStatements(sortedByKey(statuses, (status) => status.id))) {
    await sql`
      insert into journey.agent_status as t
        (agent_status_id, data_source_id, source_state, source_idle_code_id, name, state_group, availability, is_unknown)
      select x.id, ${dataSourceId}, x."sourceState", x."idleCodeId", x.name, x."stateGroup", x.availability, x."isUnknown"
      from json_to_recordset(${json}::json) as x(id uuid, "sourceState" text, "idleCodeId" text, name text,
        "stateGroup" text, availability text, "isUnknown" boolean)
      where not exists (
        select from journey.agent_status k where k.agent_status_id = x.id
        and (k.state_group, k.availability, k.is_unknown) = (x."stateGroup", x.availability, x."isUnknown"))
      on conflict (agent_status_id) do update
      set state_group = excluded.state_group, availability = excluded.availability, is_unknown = excluded.is_unknown,
        updated_at = now()
      where (t.state_group, t.availability, t.is_unknown)
        is distinct from (excluded.state_group, excluded.availability, excluded.is_unknown)`.execute(tx)
  }
}

/** One row per member in id order; where records disagree on a name, the alphabetically first, so that their order decides nothing. */
function namedMembers<Member extends SeenMember>(members: readonly Member[]): Member[] {
  const byName = members.toSorted((a, b) => rank(b).localeCompare(rank(a), 'en'))
  return sortedByKey(byName, (member) => member.id)
}

/** The last of an id wins in `sortedByKey`: nameless ones rank after all names, hence first. */
function rank(member: SeenMember): string {
  return member.name === null ? '\uffff' : member.name
}
