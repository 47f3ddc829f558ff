import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'

const NOW = Date.parse('2026-11-02T15:00:00Z')
const HOUR = 3_600_000

interface Recording {
  readonly id: string
  readonly segment: boolean
  readonly attributes: {
    readonly fileName: string
    readonly filePath: string
    readonly startTime: number
    readonly stopTime: number
    readonly participants: readonly string[]
    readonly channel1: string
    readonly channel2: string
    readonly callType: string
    readonly sensitive: boolean
  }
}
interface Entry {
  readonly taskId: string
  readonly recording: readonly Recording[]
  readonly transcription: readonly {
    readonly Source: string
    readonly id: string
    readonly fileName: string
    readonly filePath: string
    readonly startTime: string
    readonly createTime: string
  }[]
  readonly screenRecordings?: readonly (Pick<Recording, 'id'> & {
    readonly attributes: { readonly filePath: string; readonly agentId: string; readonly screenId: string }
  })[]
}
interface Task {
  readonly id: string
  readonly channelType: string
  readonly isActive: boolean
  readonly captureRequested: boolean
}

let simulator: StartedSimulator
let tasks: readonly Task[]
beforeAll(async () => {
  simulator = await startGenerated({
    SIM_CLOCK_START: new Date(NOW).toISOString(),
    SIM_TASKS_PER_DAY: '600',
    SIM_AGENTS: '16',
    SIM_SEED: '3',
    SIM_RATE_LIMIT_PER_MINUTE: '100000',
  })
  tasks = await tasksNow()
})
afterAll(() => simulator.stop())

const tasksNow = async (): Promise<readonly Task[]> => {
  const { body } = await simulator.api(`/v1/tasks?from=${NOW - 6 * HOUR}&pageSize=1000`)
  return body.data.map(({ id, attributes }: { id: string; attributes: Task & { readonly status: string } }) => ({
    ...attributes,
    id,
    isActive: !['completed', 'abandoned'].includes(attributes.status),
  }))
}
const list = async (ids: readonly string[], wishes: object = {}): Promise<Entry[]> => {
  const entries: Entry[] = []
  for (let at = 0; at < ids.length; at += 10) {
    const query = { orgId: simulator.orgId, taskIds: ids.slice(at, at + 10), ...wishes }
    const { body } = await simulator.api('/v1/captures/query', { query })
    entries.push(...body.data)
  }
  return entries
}
const read = async (url: string) => Buffer.from(await (await fetch(url)).arrayBuffer())
const ended = (test: (task: Task) => boolean) =>
  tasks.filter((task) => !task.isActive && test(task)).map(({ id }) => id)
const recorded = () => ended((task) => task.captureRequested)

describe('recordings', () => {
  it('of two agents talking are listed beside the main ones', async () => {
    const all = (await list(recorded())).flatMap(({ recording }) => recording)
    const consults = all.filter(({ attributes }) => attributes.callType === 'consult')
    expect(consults.length).toBeGreaterThan(2)
    for (const { segment, attributes } of consults) {
      expect([segment, attributes.channel1, attributes.channel2]).toEqual([false, 'Agent', 'Agent'])
      expect(attributes.participants).toHaveLength(2)
      expect(attributes.participants[0]).not.toContain('*')
    }
    const users = await simulator.api(`/organization/${simulator.orgId}/v2/user`)
    const ciUserIds = new Set(users.body.data.map(({ ciUserId }: { ciUserId: string }) => ciUserId))
    expect(ciUserIds).toContain(consults[0]!.attributes.participants[0])
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  it('come in segments when asked for, which together are the stitched file', async () => {
    const ids = recorded().slice(0, 20)
    const stitched = await list(ids)
    const pieces = await list(ids, { includeSegments: true })
    const [whole] = stitched.filter(({ recording }) => recording.length === 1 && length(recording[0]!) > 3000)
    const segments = pieces.find(({ taskId }) => taskId === whole!.taskId)!.recording
    expect(segments.map(({ segment }) => segment)).toEqual([true, true])
    expect(segments[0]!.attributes.stopTime).toBe(segments[1]!.attributes.startTime)
    const [audio, first, second] = await Promise.all(
      [whole!.recording[0]!, ...segments].map(({ attributes }) => read(attributes.filePath)),
    )
    expect(Buffer.concat([first!.subarray(44), second!.subarray(44)]).equals(audio!.subarray(44))).toBe(true)
    expect(
      pieces.flatMap(({ recording }) => recording).every((one) => one.segment || one.attributes.callType !== 'main'),
    ).toBe(true)
  })

  it('with virtual agents are listed when asked for', async () => {
    const ids = recorded()
    const parts = async (includeVARecordings: boolean) =>
      (await list(ids, { includeVARecordings })).flatMap(({ recording }) =>
        recording.filter(({ attributes }) => attributes.callType === 'va-main'),
      )
    expect(await parts(false)).toEqual([])
    const found = await parts(true)
    expect(found.length).toBeGreaterThan(0)
    for (const { segment, attributes } of found)
      expect([segment, attributes.channel1, attributes.channel2]).toEqual([false, 'Caller', 'VA'])
  })

  it('of screens are listed only when asked for', async () => {
    const ids = recorded().slice(0, 10)
    expect((await list(ids))[0]).not.toHaveProperty('screenRecordings')
    const [entry] = await list(ids, { includeScreenRecordings: true })
    const [screen] = entry!.screenRecordings!
    expect(screen!.attributes).toMatchObject({ agentId: expect.any(String), screenId: '1' })
    expect((await read(screen!.attributes.filePath)).toString('latin1', 4, 8)).toBe('ftyp')
  })

  it('of open calls are listed as far as they go, digital contacts not before they end', async () => {
    const open = tasks.filter(({ isActive }) => isActive)
    const calls = await list(open.filter((task) => task.captureRequested).map(({ id }) => id))
    expect(calls.flatMap(({ recording }) => recording).length).toBeGreaterThan(0)
    const now = simulator.clock.nowMs()
    for (const { attributes } of calls.flatMap(({ recording }) => recording)) {
      expect(attributes.stopTime).toBeLessThanOrEqual(now)
      expect((await read(attributes.filePath)).length).toBe(44 + (attributes.stopTime - attributes.startTime) * 32)
    }
    const written = await list(open.filter(({ channelType }) => channelType !== 'telephony').map(({ id }) => id))
    expect(written.length).toBeGreaterThan(0)
    expect(written.flatMap(({ transcription }) => transcription)).toEqual([])
  })
})

const length = ({ attributes }: Recording) => attributes.stopTime - attributes.startTime

describe('transcripts', () => {
  it('of voice come in both known shapes, which names alone do not tell apart', async () => {
    const listed = (await list(recorded())).flatMap(({ transcription }) => transcription)
    const shapes = await Promise.all(
      listed.map(async ({ filePath, fileName, Source }) => {
        const text = JSON.parse((await read(filePath)).toString())
        const shape = 'responseContents' in text ? 'legacy' : 'parties' in text && 'dialog' in text ? 'vcon' : 'unknown'
        return `${shape} ${Source} ${fileName}`
      }),
    )
    expect([...new Set(shapes)].toSorted()).toEqual([
      'legacy recording voiceTranscript.json',
      'vcon realtime-voice realtimeVoiceTranscript.json',
      'vcon recording voiceTranscript.json',
    ])
    for (const { startTime, createTime } of listed)
      expect([startTime, createTime]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)])
  })

  it('of mails and messengers are named after what they are, and list attachments', async () => {
    const written = await list(ended(({ channelType }) => channelType === 'email' || channelType === 'social'))
    const listed = written.flatMap(({ transcription }) => transcription)
    const sources = new Set(listed.map(({ Source }) => Source))
    expect(sources.size).toBeGreaterThan(1)
    expect(sources).toContain('email')
    for (const { Source, fileName } of listed) expect(fileName).toBe(`${Source}Transcript.json`)
    const mails = await Promise.all(
      listed
        .filter(({ Source }) => Source === 'email')
        .map(async ({ filePath }) => JSON.parse((await read(filePath)).toString())),
    )
    for (const [first] of mails)
      expect(first).toMatchObject({
        direction: 'inbound',
        email: { subject: expect.any(String), to: [expect.stringContaining('@')], bodyPlain: expect.any(String) },
      })
    const attachments = mails.flat().flatMap((message: { attachments?: object[] }) => message.attachments ?? [])
    expect(attachments[0]).toMatchObject({ fileName: expect.any(String), contentType: expect.any(String) })
  })

  it('of chats come in both versions when asked for', async () => {
    const ids = ended(({ channelType }) => channelType === 'chat').slice(0, 10)
    expect((await list(ids))[0]!.transcription.map(({ fileName }) => fileName)).toEqual(['chatTranscript.json'])
    const [{ transcription }] = (await list(ids, { includeAllDigitalVersions: true })) as [Entry]
    const [legacy, versioned] = await Promise.all(
      transcription.map(async ({ filePath }) => JSON.parse((await read(filePath)).toString())),
    )
    expect(transcription[0]!.id).toBe(transcription[1]!.id)
    expect(versioned).toMatchObject({ schemaVersion: '1.0.0', channelType: 'chat', messages: legacy })
  })
})

const fixtures = process.env['WEBEX_FIXTURES']
it.runIf(fixtures !== undefined)('answers with the members of the published example', async () => {
  const published = JSON.parse(await readFile(join(fixtures!, 'openapi--captures-query.200.json'), 'utf8'))
  const entry = (await list(recorded())).find(({ transcription }) => transcription.length > 0)!
  const members = (one: object) => Object.keys(one).toSorted()
  const [example] = published.data as [Entry]
  expect(members(entry)).toEqual(members(example))
  expect(members(entry.recording[0]!)).toEqual(members(example.recording[0]!))
  expect(members(entry.recording[0]!.attributes)).toEqual(members(example.recording[0]!.attributes))
  expect(members(entry.transcription[0]!)).toEqual(members(example.transcription[0]!))
})

describe('settings', () => {
  it('choose the forms of transcripts, and whether open tasks and the organization matter', async () => {
    const other = await startGenerated({
      SIM_CLOCK_START: new Date(NOW).toISOString(),
      SIM_TASKS_PER_DAY: '600',
      SIM_AGENTS: '16',
      SIM_SEED: '3',
      SIM_RATE_LIMIT_PER_MINUTE: '100000',
      SIM_CAPTURES_ORG_ID: 'optional',
      SIM_OPEN_CAPTURES: 'absent',
      SIM_VOICE_TRANSCRIPTS: 'none',
      SIM_DIGITAL_TRANSCRIPTS: 'versioned',
    })
    const entriesOf = async (ids: readonly string[]): Promise<Entry[]> => {
      const { status, body } = await other.api('/v1/captures/query', { query: { taskIds: ids } })
      expect([status, body.meta.orgId]).toEqual([200, other.orgId])
      return body.data
    }
    const open = tasks.filter(({ isActive, captureRequested }) => isActive && captureRequested).map(({ id }) => id)
    expect((await entriesOf(open.slice(0, 10))).flatMap(({ recording }) => recording)).toEqual([])
    const chats = ended(({ channelType }) => channelType === 'chat').slice(0, 10)
    const [written] = (await entriesOf(chats)).flatMap(({ transcription }) => transcription)
    expect(written!.fileName).toBe('chatTranscript.v1.json')
    for (let at = 0; at < 50; at += 10)
      expect((await entriesOf(recorded().slice(at, at + 10))).flatMap(({ transcription }) => transcription)).toEqual([])
    await other.stop()
  })
})
