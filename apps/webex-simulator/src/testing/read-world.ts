import type { AgentSessionRecord, RecordSource, Span, TaskLegRecord, TaskRecord, World } from '../world.ts'

export const EVER: Span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }

const recordsOf = <T>(source: RecordSource, asOfMs: number, span: Span) =>
  [...source.scan(span, asOfMs, 'oldest-first')].flat().map((row) => row.record() as T)

/** Everything a small world shows at a moment, oldest first. */
export const tasksOf = (world: World, asOfMs: number, span = EVER) => recordsOf<TaskRecord>(world.tasks, asOfMs, span)
export const sessionsOf = (world: World, asOfMs: number, span = EVER) =>
  recordsOf<AgentSessionRecord>(world.agentSessions, asOfMs, span)
export const legsOf = (world: World, asOfMs: number, span = EVER) =>
  recordsOf<TaskLegRecord>(world.taskLegs, asOfMs, span)
