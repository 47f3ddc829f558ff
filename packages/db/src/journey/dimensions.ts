import { type RawBuilder, type Transaction, sql } from 'kysely'
import type { DB } from '../schema.ts'
import {
  type LabelKind,
  type LabelRow,
  lockMembers,
  type MemberKind,
  saveLabels,
  type SeenLabel,
} from './member-labels.ts'
import { inStatements, sortedByKey } from './recordset.ts'

/** A member of a dimension as records name it: our id, the vendor's id, and every name they give it. */
export interface SeenMember {
  readonly id: string
  readonly sourceId: string
  readonly names: readonly SeenLabel[]
}

export interface SeenAgent extends SeenMember {
  readonly agentType: 'User' | 'Menu' | 'Bot' | 'External'
  readonly logins: readonly SeenLabel[]
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
 * Makes sure that every member the records mention exists, with the name of the newest records, whatever the order they come in; a name that the
 * configuration gave stands above all of them. Every name met is kept in `journey.member_label`. Rows that need nothing are not touched.
 * Holds the source's members until the transaction ends (`lockMembers`), so it belongs in a transaction of its own.
 */
export async function seeDimensions(tx: Transaction<DB>, dataSourceId: number, seen: SeenDimensions): Promise<void> {
  if (Object.values(seen).every((members) => members.length === 0)) return
  await lockMembers(tx, dataSourceId)
  await saveLabels(tx, dataSourceId, labelsOf(seen))
  await seeAgents(tx, dataSourceId, seen.agents)
  await seeMembers(tx, dataSourceId, 'journey.entry_point', 'entry_point_id', 'source_entry_point_id', seen.entryPoints)
  await seeMembers(tx, dataSourceId, 'journey.outcome', 'outcome_id', 'source_wrap_up_code_id', seen.outcomes)
  await seeMembers(tx, dataSourceId, 'journey.queue', 'queue_id', 'source_queue_id', seen.queues)
  await seeMembers(tx, dataSourceId, 'journey.site', 'site_id', 'source_site_id', seen.sites)
  await seeMembers(tx, dataSourceId, 'journey.team', 'team_id', 'source_team_id', seen.teams)
}

function labelsOf(seen: SeenDimensions): LabelRow[] {
  const rowsOf = (memberKind: MemberKind, labelKind: LabelKind, id: string, labels: readonly SeenLabel[]) =>
    labels.map((label) => ({ memberId: id, memberKind, labelKind, ...label }))
  const namesOf = (kind: MemberKind, members: readonly SeenMember[]) =>
    members.flatMap(({ id, names }) => rowsOf(kind, 'name', id, names))
  return [
    ...namesOf('agent', seen.agents),
    ...seen.agents.flatMap(({ id, logins }) => rowsOf('agent', 'login', id, logins)),
    ...namesOf('entry_point', seen.entryPoints),
    ...namesOf('outcome', seen.outcomes),
    ...namesOf('queue', seen.queues),
    ...namesOf('site', seen.sites),
    ...namesOf('team', seen.teams),
  ]
}

/** The label that newer records say, null where the configuration has said one; the alphabetically first of one day. */
function newestLabel(kind: LabelKind) {
  return sql`(
    select l.label from journey.member_label l
    where l.member_id = x.id and l.label_kind = ${kind} and not exists (
      select from journey.member_label c where c.member_id = x.id and c.label_kind = ${kind} and c.configured_from is not null)
    order by l.seen_until desc nulls last, l.label collate "C" limit 1)`
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
  for (const json of inStatements(membersInOrder(members))) {
    await sql`
      insert into ${name} as t (${id}, data_source_id, ${sourceId}, name)
      select w.* from (
        select x.id, ${dataSourceId}::smallint, x."sourceId", ${newestLabel('name')} as name
        from json_to_recordset(${json}::json) as x(id uuid, "sourceId" text)) w
      where not exists (select from ${name} k where k.${id} = w.id and (w.name is null or k.name = w.name))
      on conflict (${id}) do update set name = excluded.name, updated_at = now()
      where excluded.name is not null and t.name is distinct from excluded.name`.execute(tx)
  }
}

async function seeAgents(tx: Transaction<DB>, dataSourceId: number, agents: readonly SeenAgent[]): Promise<void> {
  for (const json of inStatements(membersInOrder(agents))) {
    await sql`
      insert into journey.agent as t (agent_id, data_source_id, source_agent_id, agent_type, name, login)
      select w.* from (
        select x.id, ${dataSourceId}::smallint, x."sourceId", x."agentType", ${newestLabel('name')} as name, ${newestLabel('login')} as login
        from json_to_recordset(${json}::json) as x(id uuid, "sourceId" text, "agentType" text)) w
      where not exists (
        select from journey.agent k where k.agent_id = w.id
        and (w.name is null or k.name = w.name) and (w.login is null or k.login = w.login))
      on conflict (agent_id) do update
      set name = coalesce(excluded.name, t.name), login = coalesce(excluded.login, t.login), updated_at = now()
      where (t.name, t.login) is distinct from (coalesce(excluded.name, t.name), coalesce(excluded.login, t.login))`.execute(
      tx,
    )
  }
}

/** Without their labels, which are in the database by now. */
function membersInOrder(members: readonly (SeenMember & { readonly agentType?: string })[]) {
  return sortedByKey(
    members.map(({ id, sourceId, agentType }) => ({ id, sourceId, agentType })),
    (member) => member.id,
  )
}

/**
 * Statuses follow the table of states (mapping rulings 27-29), which may learn: a changed group replaces the old one. Where records disagree on the
 * name of an idle code, the alphabetically first, so that their order decides nothing; the configuration stands above them.
 */
export async function saveAgentStatuses(
  tx: Transaction<DB>,
  dataSourceId: number,
  statuses: readonly SeenStatus[],
): Promise<void> {
  // The last of an id is written: the one whose name counts.
  const byName = statuses.toSorted((a, b) => (nameRank(a) < nameRank(b) ? 1 : -1))
  for (const json of inStatements(sortedByKey(byName, (status) => status.id))) {
    await sql`
      insert into journey.agent_status as t
        (agent_status_id, data_source_id, source_state, source_idle_code_id, name, state_group, availability, is_unknown)
      select x.id, ${dataSourceId}, x."sourceState", x."idleCodeId", x.name, x."stateGroup", x.availability, x."isUnknown"
      from json_to_recordset(${json}::json) as x(id uuid, "sourceState" text, "idleCodeId" text, name text,
        "stateGroup" text, availability text, "isUnknown" boolean)
      where not exists (
        select from journey.agent_status k where k.agent_status_id = x.id
        and (k.state_group, k.availability, k.is_unknown) = (x."stateGroup", x.availability, x."isUnknown")
        and (k.is_configured or k.name = ${statusName(sql`k.name`, sql`x.name`, sql`x."sourceState"`)}))
      on conflict (agent_status_id) do update
      set state_group = excluded.state_group, availability = excluded.availability, is_unknown = excluded.is_unknown,
        name = case when t.is_configured then t.name else ${statusName(sql`t.name`, sql`excluded.name`, sql`t.source_state`)} end,
        updated_at = now()`.execute(tx)
  }
}

function nameRank({ name, sourceState }: SeenStatus): string {
  return name === sourceState ? '\uffff' : name
}

/** A state without a named idle code bears its own name, which yields to every other. */
function statusName(held: RawBuilder<unknown>, met: RawBuilder<unknown>, state: RawBuilder<unknown>) {
  return sql`case when ${held} = ${state} then ${met} when ${met} = ${state} then ${held}
    else least(${held} collate "C", ${met} collate "C") end`
}
