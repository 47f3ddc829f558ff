/** Invented records for tests: small, regular, and known to the last row. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export const QUARTER = 15 * 60_000
/** A quarter of an hour, and midnight, UTC. */
export const START = Date.parse('2026-03-02T00:00:00Z')

interface TaskOptions {
  readonly id: string
  readonly createdTime: number
  readonly activities?: number
  readonly [field: string]: unknown
}

/** An ended call whose activities lie one second apart. */
export function task({ id, createdTime, activities = 3, ...rest }: TaskOptions): object {
  const nodes = Array.from({ length: activities }, (_, step) => ({
    id: `${id}-${createdTime + step * 1000}-step`,
    eventName: step === 0 ? 'new' : step === activities - 1 ? 'ended' : 'parked',
    createdTime: createdTime + step * 1000,
    endedTime: createdTime + (step + 1) * 1000,
    duration: 1000,
    isActive: false,
    queueId: step === 1 ? 'queue-1' : null,
  }))
  const endedTime = createdTime + activities * 1000
  return {
    id,
    channelType: 'telephony',
    status: 'ended',
    isActive: false,
    createdTime,
    endedTime,
    lastActivityTime: endedTime,
    totalDuration: activities * 1000,
    lastQueue: { id: 'queue-1', name: 'Support' },
    activities: { nodes },
    ...rest,
  }
}

export function session(agentSessionId: string, startTime: number): object {
  const channel = (channelType: string) => ({
    channelId: `${agentSessionId}-${channelType}`,
    channelType,
    idleCount: 2,
    idleDuration: 5000,
    activities: {
      nodes: ['available', 'ringing', 'connected'].map((state, step) => ({
        id: `${agentSessionId}-${channelType}-${startTime + step * 1000}-${state}`,
        state,
        startTime: startTime + step * 1000,
        endTime: startTime + (step + 1) * 1000,
        duration: 1000,
      })),
    },
  })
  return {
    agentSessionId,
    agentId: `agent-${agentSessionId}`,
    isActive: false,
    startTime,
    endTime: startTime + 3_600_000,
    channelInfo: [channel('telephony'), channel('chat')],
  }
}

export type DatasetFiles = Readonly<Record<string, string | Buffer>>

export const lines = (records: readonly object[]) => records.map((record) => JSON.stringify(record)).join('\n')

/** Writes a dataset into a new folder; `remove` deletes it. */
export async function writeDataset(files: DatasetFiles): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-dataset-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) }
}
