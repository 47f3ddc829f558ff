import type { EngagementFact } from './journey-facts.ts'

/** The simulator's control plane, as far as the demo reads it. */
export interface SimulatorInfo {
  readonly orgId: string
  readonly history: { readonly fromMs: number; readonly toMs: number }
}

export async function readInfo(simulatorUrl: string): Promise<SimulatorInfo> {
  return (await get(simulatorUrl, 'info')) as SimulatorInfo
}

/** Moves the simulated clock to this moment, unless it is past it already. */
export async function moveClockTo(simulatorUrl: string, atMs: number): Promise<void> {
  const { nowMs } = (await get(simulatorUrl, 'clock')) as { readonly nowMs: number }
  if (nowMs >= atMs) return
  await fetch(`${simulatorUrl}/_sim/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nowMs: atMs }),
  })
}

/** What the script of the simulated day says; undefined for a dataset, whose truth nobody wrote down. */
export interface SimulatorTruth {
  readonly tasks: readonly { readonly taskId: string }[]
  readonly engagements: readonly EngagementFact[]
  readonly turns: readonly unknown[]
  readonly captures: readonly { readonly kind: 'recording' | 'transcript' }[]
}

export async function readTruth(
  simulatorUrl: string,
  range: { readonly fromMs: number; readonly toMs: number },
): Promise<SimulatorTruth> {
  const query = `?from=${range.fromMs}&to=${range.toMs}`
  const [tasks, engagements, turns, captures] = await Promise.all(
    ['tasks', 'engagements', 'turns', 'captures'].map((part) => get(simulatorUrl, `truth/${part}${query}`)),
  )
  return { tasks, engagements, turns, captures } as SimulatorTruth
}

async function get(simulatorUrl: string, path: string): Promise<unknown> {
  const answer = await fetch(`${simulatorUrl}/_sim/${path}`)
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to /_sim/${path}`)
  return answer.json()
}
