import type { Database } from '@wxcc/db/connect'
import { type SeenAgent, type SeenDimensions, type SeenMember, seeDimensions } from '@wxcc/db/journey/dimensions'
import type { SeenLabel } from '@wxcc/db/journey/member-labels'

/** More than a centre has members; beyond it everything is looked up again. */
const REMEMBERED = 50_000

/** A member's labels, each with the days that are stored already. */
type Stored = Map<string, Readonly<{ fromDay: number; untilDay: number }>>

const remembered = new WeakMap<Database, Map<string, Stored>>()

/**
 * Makes sure that the members which records mention exist, before the tasks that mention them are written: in a transaction of its own, since two
 * mappers that meet the same new member would else wait for each other's tasks. A member without a fact, left by a failure in between, is
 * harmless: the same pages are mapped again. What this process has stored is not asked for again.
 */
export async function ensureMembers(db: Database, dataSourceId: number, seen: SeenDimensions): Promise<void> {
  const fresh = unknownMembers(db, seen)
  if (Object.values(fresh).every((members) => members.length === 0)) return
  await db.transaction().execute((tx) => seeDimensions(tx, dataSourceId, fresh))
  rememberMembers(db, fresh)
}

/** These are stored, and the transaction that stored them has ended. */
export function rememberMembers(db: Database, stored: SeenDimensions): void {
  const known = remembered.get(db) ?? new Map<string, Stored>()
  if (known.size > REMEMBERED) known.clear()
  remembered.set(db, known)
  for (const member of Object.values(stored).flat() as SeenMember[]) {
    known.set(member.id, widened(known.get(member.id), member))
  }
}

/** Those of which this process has not yet stored all that is said. A name that stays is news once a day. */
export function unknownMembers(db: Database, seen: SeenDimensions): SeenDimensions {
  const known = remembered.get(db)
  const isUnknown = (member: SeenMember) => {
    const stored = known?.get(member.id)
    return stored === undefined || !labelsOf(member).every(([key, label]) => isStored(stored, key, label))
  }
  return {
    agents: seen.agents.filter(isUnknown),
    queues: seen.queues.filter(isUnknown),
    teams: seen.teams.filter(isUnknown),
    sites: seen.sites.filter(isUnknown),
    entryPoints: seen.entryPoints.filter(isUnknown),
    outcomes: seen.outcomes.filter(isUnknown),
  }
}

function isStored(stored: Stored, key: string, { fromDay, untilDay }: SeenLabel): boolean {
  const days = stored.get(key)
  return days !== undefined && days.fromDay <= fromDay && untilDay <= days.untilDay
}

function widened(stored: Stored | undefined, member: SeenMember): Stored {
  const labels: Stored = new Map(stored)
  for (const [key, { fromDay, untilDay }] of labelsOf(member)) {
    const days = labels.get(key)
    labels.set(key, {
      fromDay: Math.min(days?.fromDay ?? fromDay, fromDay),
      untilDay: Math.max(days?.untilDay ?? untilDay, untilDay),
    })
  }
  return labels
}

/** All that records say about a member. */
function labelsOf(member: SeenMember | SeenAgent): (readonly [key: string, label: SeenLabel])[] {
  const keyed = (kind: string, labels: readonly SeenLabel[]) =>
    labels.map((label) => [`${kind}:${label.label}`, label] as const)
  return [...keyed('name', member.names), ...('logins' in member ? keyed('login', member.logins) : [])]
}
