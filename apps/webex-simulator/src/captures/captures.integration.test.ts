import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startSimulator } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'
import { lines, START, task } from '../testing/tiny-dataset.ts'

const audio = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251))
const capture = {
  taskId: 'a',
  recording: [
    { id: 'r1', segment: false, attributes: { fileName: 'call.wav', filePath: 'audio/call.wav', startTime: START } },
  ],
  transcription: [{ id: 't1', source: 'recording', fileName: 'talk.json', filePath: 'talk.json' }],
}

let simulator: StartedSimulator
beforeAll(async () => {
  simulator = await startSimulator({
    'tasks.jsonl': lines([task({ id: 'a', createdTime: START }), task({ id: 'b', createdTime: START })]),
    'captures.jsonl': lines([capture]),
    'audio/call.wav': audio,
    'talk.json': '{"said":"hello"}',
  })
})
afterAll(() => simulator.stop())
beforeEach(() => simulator.control('/faults', undefined, 'DELETE'))

const list = (query: object) =>
  simulator.api('/v1/captures/query', { query: { orgId: simulator.orgId, taskIds: ['a'], ...query } })
const link = async (minutes = 60): Promise<string> =>
  (await list({ urlExpiration: minutes })).body.data[0].recording[0].attributes.filePath
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer())

const inject = (kind: string) => simulator.control('/faults', [{ match: { taskId: 'a' }, times: 1, fault: { kind } }])

describe('POST /v1/captures/query', () => {
  it('lists recordings and transcripts with links, and nothing for tasks without', async () => {
    const { status, body } = await list({ taskIds: ['a', 'b', 'unknown'], urlExpiration: 30 })
    expect(status).toBe(200)
    expect(body.meta).toEqual({ orgId: simulator.orgId, urlExpiration: 30 })
    expect(body.data[0].recording[0]).toMatchObject({
      id: 'r1',
      attributes: { fileName: 'call.wav', startTime: START },
    })
    expect(body.data[0].transcription[0].filePath).toMatch(
      /^http.*talk\.json\?X-Amz-Date=.*X-Amz-Expires=1800.*X-Amz-Signature=/,
    )
    expect(body.data.slice(1)).toEqual(['b', 'unknown'].map((taskId) => ({ taskId, recording: [], transcription: [] })))
  })

  it.each([
    ['no task', { taskIds: [] }],
    ['eleven tasks', { taskIds: Array.from({ length: 11 }, (_, index) => `t${index}`) }],
    ['a task twice', { taskIds: ['a', 'a'] }],
    ['links for no time', { urlExpiration: 0 }],
    ['links for 61 minutes', { urlExpiration: 61 }],
    ['no org', { orgId: undefined }],
  ])('refuses %s', async (_name, query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { error: { key: '400' } } })
  })
})

describe('links', () => {
  it('serve the file without a token, whole or in part', async () => {
    const url = await link()
    const whole = await fetch(url)
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('content-length')]).toEqual([
      200,
      'audio/wav',
      '1000',
    ])
    expect(whole.headers.get('etag')).toBe(`"${createHash('md5').update(audio).digest('hex')}"`)
    expect(await bytes(whole)).toEqual(audio)
    const part = await fetch(url, { headers: { range: 'bytes=990-' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 990-999/1000'])
    expect(await bytes(part)).toEqual(audio.subarray(990))
    expect((await fetch(url, { headers: { range: 'bytes=1000-' } })).status).toBe(416)
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000'])
  })

  it('are refused with XML once the clock has passed them, or when changed', async () => {
    const url = await link(1)
    simulator.clock.advance(59_000)
    expect((await fetch(url)).status).toBe(200)
    simulator.clock.advance(1000)
    const expired = await simulator.call(url)
    expect([expired.status, expired.headers.get('content-type')]).toEqual([403, 'application/xml'])
    expect(expired.body).toContain('Request has expired')
    expect((await fetch((await link()).replace('call.wav', 'other.wav'))).status).toBe(403)
    expect((await fetch((await link()).replace(/Signature=./, 'Signature=x'))).status).toBe(403)
  })
})

describe('capture faults', () => {
  it('expire links once', async () => {
    const url = await link()
    await inject('expireLinks')
    expect([(await fetch(url)).status, (await fetch(url)).status]).toEqual([403, 200])
  })

  it('put a 59-byte page in place of audio', async () => {
    const url = await link()
    await inject('captureErrorPage')
    const page = await fetch(url)
    expect([page.status, page.headers.get('content-type'), (await bytes(page)).length]).toEqual([200, 'text/html', 59])
  })

  it('serve half a file as if it were whole', async () => {
    const url = await link()
    await inject('captureWrongLength')
    const half = await fetch(url)
    expect([half.status, half.headers.get('content-length'), (await bytes(half)).length]).toEqual([200, '500', 500])
  })

  it('break the connection in the middle', async () => {
    const url = await link()
    await inject('cutBody')
    const broken = await fetch(url)
    expect(broken.headers.get('content-length')).toBe('1000')
    await expect(broken.arrayBuffer()).rejects.toThrow('terminated')
    expect((await bytes(await fetch(url))).length).toBe(1000)
  })
})
