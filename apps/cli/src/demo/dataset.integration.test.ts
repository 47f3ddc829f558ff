import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEMO_DEFAULTS } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { watchDay } from './run-demo.ts'
import { startDemo } from './start-demo.ts'

/** 10:22:10 UTC: the quarter hour it falls into ends long after the dataset's last record. */
const STARTED_MS = Date.parse('2025-11-20T10:22:10Z')

let dataset: string
beforeEach(async () => {
  dataset = await mkdtemp(path.join(os.tmpdir(), 'wxcc-dataset-'))
})
afterEach(() => rm(dataset, { recursive: true, force: true }))

/** One answered call of 30 seconds with a recording of two, invented. */
async function writeOneCall(): Promise<void> {
  const step = (eventName: string, fromMs: number, durationMs: number, more: object = {}) => ({
    id: `t1-${STARTED_MS + fromMs}-${eventName}`,
    eventName,
    createdTime: STARTED_MS + fromMs,
    endedTime: STARTED_MS + fromMs + durationMs,
    duration: durationMs,
    isActive: false,
    ...more,
  })
  const agent = { agentId: 'agent-1', agentName: 'Ada', queueId: 'queue-1', queueName: 'Support' }
  const nodes = [
    step('new', 0, 5_000),
    step('flow-activity', 1_000, 0),
    step('connect', 5_000, 4_000, agent),
    step('connected', 9_000, 30_000, agent),
    step('ended', 39_000, 0),
  ]
  const task = {
    id: 't1',
    channelType: 'telephony',
    direction: 'inbound',
    isActive: false,
    createdTime: STARTED_MS,
    endedTime: STARTED_MS + 39_000,
    lastActivityTime: STARTED_MS + 39_000,
    captureRequested: true,
    activities: { nodes },
  }
  const attributes = {
    fileName: 'call.wav',
    filePath: 'call.wav',
    startTime: STARTED_MS + 9_000,
    stopTime: STARTED_MS + 11_000,
    participants: [],
    channel1: 'Caller',
    channel2: 'Agent',
    callType: 'main',
    sensitive: false,
  }
  const capture = { taskId: 't1', recording: [{ id: 'c1', segment: false, attributes }], transcription: [] }
  await writeFile(path.join(dataset, 'tasks.jsonl'), `${JSON.stringify(task)}\n`)
  await writeFile(path.join(dataset, 'captures.jsonl'), `${JSON.stringify(capture)}\n`)
  await writeFile(path.join(dataset, 'call.wav'), twoSecondsOfStereo())
}

/** PCM, 16 bit, 8 kHz. */
function twoSecondsOfStereo(): Buffer {
  const data = Buffer.alloc(2 * 8_000 * 4, 1)
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + data.length, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(2, 22)
  header.writeUInt32LE(8_000, 24)
  header.writeUInt32LE(32_000, 28)
  header.writeUInt16LE(4, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(data.length, 40)
  return Buffer.concat([header, data])
}

test('recorded records are loaded, also those of a quarter hour that was not over', { timeout: 120_000 }, async () => {
  await writeOneCall()
  const demo = await startDemo({ ...DEMO_DEFAULTS, once: true, dataset }, () => {})
  try {
    const { progress } = await watchDay(demo, { startedMs: performance.now(), say: () => {} })
    expect(isComplete(progress)).toBe(true)
    const engagements = await sql<{ type: string; ms: number }>`
      select engagement_type as type, coalesce(engagement_time_ms, queue_time_ms, menu_time_ms) as ms
      from bi.fact_engagement order by start_time, sequence_no`.execute(demo.db)
    expect(engagements.rows).toEqual([
      { type: 'Menu', ms: 5_000 },
      { type: 'Queue', ms: 4_000 },
      { type: 'Agent', ms: 30_000 },
    ])
    const files = await sql<{ duration_ms: number; channel_2_participant: string }>`
      select duration_ms, channel_2_participant from journey.media_file`.execute(demo.db)
    expect(files.rows).toEqual([{ duration_ms: 2_000, channel_2_participant: 'Agent' }])
  } finally {
    await demo.stop()
  }
})
