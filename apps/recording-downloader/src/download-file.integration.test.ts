import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { until } from '@wxcc/testing/until'
import { expect, onTestFinished, test } from 'vitest'
import { downloadFile } from './download-file.ts'
import { openSpool } from './spool.ts'

/** Stands for the vendor's storage. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`
}

async function aSlot() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-download-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return (await openSpool({ folder, maxBytes: 20_000_000 })).open()
}

const signal = new AbortController().signal
const BYTES = randomBytes(4_000_000)
const HALF = BYTES.length / 2

/** Sends half, waits until most of it lies in the spool, and breaks the connection; the rest is served by range if `hasSameFile`. */
async function breakingServer(file: string, hasSameFile: boolean) {
  const ranges: (string | undefined)[] = []
  const url = await serve((request, response) => {
    ranges.push(request.headers.range)
    const { range } = request.headers
    if (range !== undefined && hasSameFile) {
      const rest = BYTES.subarray(Number(/\d+/.exec(range)![0]))
      return void response.writeHead(206, { etag: '"a"', 'content-length': rest.length }).end(rest)
    }
    response.writeHead(200, { etag: '"a"', 'content-length': BYTES.length })
    if (ranges.length > 1) return void response.end(BYTES)
    response.write(BYTES.subarray(0, HALF))
    void until('half a file', async () => (await stat(file)).size > HALF / 2).then(() => request.socket.destroy())
  })
  return { url, ranges }
}

test('what broke off goes on behind the last byte', async () => {
  const slot = await aSlot()
  const { url, ranges } = await breakingServer(slot.file, true)
  const sha256 = createHash('sha256').update(BYTES).digest()
  expect(await downloadFile(url, slot, signal)).toMatchObject({ byteSize: BYTES.length, sha256 })
  expect(await readFile(slot.file)).toEqual(BYTES)
  expect(ranges[0]).toBeUndefined()
  const resumedAt = Number(/^bytes=(\d+)-$/.exec(ranges[1] ?? '')?.[1])
  expect(resumedAt).toBeGreaterThan(HALF / 2)
  expect(resumedAt).toBeLessThanOrEqual(HALF)
})

test('a server that has another file by then begins anew', async () => {
  const slot = await aSlot()
  const { url, ranges } = await breakingServer(slot.file, false)
  await downloadFile(url, slot, signal)
  expect(await readFile(slot.file)).toEqual(BYTES)
  expect(ranges).toHaveLength(2)
})

test.each([
  { status: 403, code: 'capture_link_expired' },
  { status: 404, code: 'capture_refused' },
  { status: 302, code: 'capture_refused' },
  { status: 503, code: 'capture_refused' },
])('$status is $code, without the address', async ({ status, code }) => {
  const url = await serve((_request, response) => void response.writeHead(status).end('<Error/>'))
  const error = await downloadFile(`${url}?X-Amz-Signature=secret`, await aSlot(), signal).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code })
  expect(String(error)).not.toMatch(/secret|127\.0/)
})
