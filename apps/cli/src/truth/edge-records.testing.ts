import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { WINDOW_MS } from '@wxcc/contracts/window'
import type { Span } from './script.testing.ts'

/** More than two pages of activities, and no page ends between two groups of the same millisecond. */
const LONG = 230
const TIED = 7

/** Every quarter hour's mark of the span, both ends and its middle too, where a span that is too large is cut; and the milliseconds before and after each. */
export function edgesOf({ fromMs, toMs }: Span): number[] {
  const marks = Array.from({ length: (toMs - fromMs) / WINDOW_MS + 1 }, (_, at) => fromMs + at * WINDOW_MS)
  const middle = (fromMs + toMs) / 2
  return [...new Set([...marks, middle])].toSorted((a, b) => a - b).flatMap((mark) => [mark - 1, mark, mark + 1])
}

/** A folder the simulator can show: one invented task and one agent session at each moment. The second of each has activities that share their milliseconds. */
export async function writeRecordsAt(folder: string, times: readonly number[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
  await writeFile(path.join(folder, 'tasks.jsonl'), lines(times.map(taskAt)))
  await writeFile(path.join(folder, 'agent-sessions.jsonl'), lines(times.map(sessionAt)))
}

export const taskIdAt = (timeMs: number) => `task-${timeMs}`
export const sessionIdAt = (timeMs: number) => `session-${timeMs}`

function taskAt(createdTime: number, place: number): object {
  const id = taskIdAt(createdTime)
  const steps = stepsOf(place === 1)
  const nodes = steps.map((startMs, step) => ({
    id: `${id}-${step}`,
    eventName: step === 0 ? 'new' : step === steps.length - 1 ? 'ended' : 'flow-activity',
    createdTime: createdTime + startMs,
    endedTime: createdTime + startMs,
    duration: 0,
    isActive: false,
  }))
  const endedTime = createdTime + steps.at(-1)!
  return {
    id,
    channelType: 'telephony',
    direction: 'inbound',
    status: 'ended',
    isActive: false,
    createdTime,
    endedTime,
    lastActivityTime: endedTime,
    totalDuration: endedTime - createdTime,
    activities: { nodes },
  }
}

function sessionAt(startTime: number, place: number): object {
  const id = sessionIdAt(startTime)
  const steps = stepsOf(place === 1)
  const endTime = startTime + steps.at(-1)! + 1_000
  const nodes = steps.map((startMs, step) => ({
    id: `${id}-${step}`,
    state: step === 0 ? 'available' : 'idle',
    startTime: startTime + startMs,
    endTime: step === steps.length - 1 ? endTime : startTime + steps[step + 1]!,
    duration: (steps[step + 1] ?? startMs + 1_000) - startMs,
  }))
  const channel = { channelId: `${id}-voice`, channelType: 'telephony', activities: { nodes } }
  return {
    agentSessionId: id,
    agentId: `agent-${startTime}`,
    isActive: false,
    startTime,
    endTime,
    channelInfo: [channel],
  }
}

/** When the activities begin, ms after their record did. */
function stepsOf(isLong: boolean): number[] {
  if (!isLong) return [0, 1_000]
  return Array.from({ length: LONG }, (_, step) => Math.floor(step / TIED) * 1_000)
}
