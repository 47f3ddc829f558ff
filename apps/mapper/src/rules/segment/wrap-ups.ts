import type { DraftRow } from './draft-row.ts'
import { agentIdOf } from './walk-state.ts'
import type { Step } from './order-steps.ts'

/**
 * Each wrap-up goes to that agent's latest Agent or Consult row begun before it (ruling 33). One that names no agent goes to
 * the first agent who left and has none yet. Returns those that no row stands under (ruling 18).
 */
export function attachWrapUps(rows: readonly DraftRow[], wrapUps: readonly Step[]): Step[] {
  return wrapUps.filter((step) => {
    const row = rowOf(rows, step)
    row?.wrapUps.push(step)
    row?.steps.push(step)
    return row === null
  })
}

function rowOf(rows: readonly DraftRow[], step: Step): DraftRow | null {
  const agentId = agentIdOf(step)
  const candidates = rows.filter((row) => (row.type === 'Agent' || row.type === 'Consult') && row.start <= step.start)
  if (agentId !== null) {
    const own = candidates.filter((row) => row.agent?.id === agentId)
    return own.sort((a, b) => b.start - a.start || rankOf(a) - rankOf(b))[0] ?? null
  }
  const waiting = candidates.filter((row) => row.type === 'Agent' && row.wrapUps.length === 0)
  return waiting.sort((a, b) => endOf(a) - endOf(b))[0] ?? null
}

function rankOf(row: DraftRow): number {
  return row.type === 'Agent' ? 0 : 1
}

function endOf(row: DraftRow): number {
  return row.end ?? Number.POSITIVE_INFINITY
}
