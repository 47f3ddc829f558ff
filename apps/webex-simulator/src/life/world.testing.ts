import type { RecordOf, TaskRecord, World } from '../world.ts'
import type { CaptureSettings } from './captures/capture-settings.ts'
import { createGeneratedWorld } from './generated-world.ts'

/** A Monday, 15:00 UTC: in the middle of the second peak. */
export const HISTORY_UNTIL_MS = Date.UTC(2026, 10, 2, 15)

export function worldOf(
  seed: number,
  changes: {
    readonly tasksPerDay?: number
    readonly agents?: number
    readonly lostRecordings?: number
    readonly captures?: Partial<CaptureSettings>
  } = {},
): World {
  return createGeneratedWorld({
    seed,
    tasksPerDay: 600,
    agents: 16,
    days: 1,
    historyUntilMs: HISTORY_UNTIL_MS,
    ...changes,
  })
}

/** A CAR or AAR as far as the tests read it. */
interface Row {
  readonly eventName: string
  readonly state: string
  readonly createdTime: number
  readonly endedTime: number
  readonly startTime: number
  readonly endTime: number
  readonly duration: number
  readonly agentId: string | null
  readonly agentSessionId: string | null
  readonly agentChannelId: string | null
  readonly queueId: string | null
  readonly childContactId: string | null
  readonly consultEpId: string | null
  readonly destinationAgentId: string | null
  readonly destinationAgentChannelId: string | null
  readonly terminationReason: string | null
  readonly taskId: string | null
  readonly isLoginActivity: boolean
  readonly isLogoutActivity: boolean
  readonly isCurrentActivity: boolean
}

/** The renderers write these members on every row. */
export const rowsOf = (nodes: readonly RecordOf[]) => nodes as unknown as readonly Row[]
export const carsOf = (task: TaskRecord) => rowsOf(task.activities.nodes)
export const sum = (rows: readonly Row[], ...names: readonly string[]) =>
  rows.filter((row) => names.includes(row.eventName)).reduce((total, row) => total + Math.max(0, row.duration), 0)
