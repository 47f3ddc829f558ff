import { createHash } from 'node:crypto'

const HOUR_MS = 60 * 60_000
const LATEST_MS = 60 * HOUR_MS
/** Seals come three days after a day; some edits come later still, for the long watch. */
const LATEST_EDIT_MS = 4 * 24 * HOUR_MS

/** A task as the simulator's script tells it. */
export interface ScriptedTask {
  readonly taskId: string
  readonly createdTime: number
  readonly endedTime: number | null
}

/**
 * What is done to one task. `dropped`: counted, but not listed until `atMs`. `late`: neither before `atMs`. `silent`: its duration changes at `atMs` and
 * nothing else does. `touched`: so does its `lastActivityTime`. `hidden`: a value changes that no count or sum tells of.
 */
export interface Seed {
  readonly kind: 'dropped' | 'late' | 'silent' | 'touched' | 'hidden'
  readonly taskId: string
  readonly createdTime: number
  readonly atMs: number
  /** The duration from then on, ms; no task has one like it. Null where it stays. */
  readonly durationMs: number | null
}

/** Parts of all tasks; the rest is left alone. */
const SHARES: readonly (readonly [Seed['kind'], number])[] = [
  ['dropped', 0.03],
  ['late', 0.03],
  ['silent', 0.03],
  ['touched', 0.03],
  ['hidden', 0.01],
]

/** The same seed chooses the same tasks. `afterMs`: so long after its begin every task has been read once. */
export function chooseSeeds(tasks: readonly ScriptedTask[], given: { seed: number; afterMs: number }): Seed[] {
  return tasks.flatMap((task, at): Seed[] => {
    const kind = kindOf(draw(given.seed, 'kind', task.taskId))
    if (kind === undefined) return []
    const part = draw(given.seed, 'moment', task.taskId)
    const { taskId, createdTime, endedTime } = task
    if (kind === 'dropped' || kind === 'late') {
      const atMs = Math.round(createdTime + given.afterMs + part * (LATEST_MS - given.afterMs))
      return [{ kind, taskId, createdTime, atMs, durationMs: null }]
    }
    if (endedTime === null) return []
    // What moved within the hour is on its way, not changed behind our back.
    const atMs = Math.round(endedTime + 2 * HOUR_MS + given.afterMs + part * LATEST_EDIT_MS)
    return [{ kind, taskId, createdTime, atMs, durationMs: kind === 'hidden' ? null : 10_000_000 + at * 1_000 }]
  })
}

/** What the simulator has to be told at this moment (its README, Faults). */
export function faultsAt(seeds: readonly Seed[], nowMs: number, seed: number): object[] {
  const of = (...kinds: Seed['kind'][]) => seeds.filter(({ kind }) => kinds.includes(kind))
  const dropped = of('dropped').filter(({ atMs }) => atMs > nowMs)
  const search = (fault: object) => ({ match: { path: '/search' }, seed, fault })
  return [
    search({ kind: 'lateRecords', showsAtMs: Object.fromEntries(of('late').map((one) => [one.taskId, one.atMs])) }),
    search({ kind: 'editRecords', edits: of('silent', 'touched', 'hidden').map(editOf) }),
    ...(dropped.length === 0 ? [] : [search({ kind: 'deleteRows', ids: dropped.map(({ taskId }) => taskId) })]),
    { match: { path: '/search', root: 'taskDetails' }, seed, fault: { kind: 'doubleRows', share: 0.05 } },
  ]
}

function editOf({ kind, taskId, atMs, durationMs }: Seed): object {
  switch (kind) {
    case 'touched':
      return { id: taskId, atMs, set: { totalDuration: durationMs, lastActivityTime: atMs } }
    case 'silent':
      return { id: taskId, atMs, set: { totalDuration: durationMs } }
    default:
      return { id: taskId, atMs, set: { csatScore: 4 } }
  }
}

function kindOf(part: number): Seed['kind'] | undefined {
  let upTo = 0
  return SHARES.find(([, share]) => part < (upTo += share))?.[0]
}

/** A number in [0, 1) that is always the same for the same names. */
function draw(...names: readonly (string | number)[]): number {
  return createHash('sha256').update(names.join(' ')).digest().readUInt32LE(0) / 2 ** 32
}
