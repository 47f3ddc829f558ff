import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { bytesFrom, etagOf } from './invented-file.ts'
import { fileOfTask } from './invented-task.ts'

const latencyMs = Number(process.env['LATENCY_MS'] ?? 0)

/**
 * Stands for the vendor where the simulator cannot: files of any length, served as fast as a socket takes them. A process of its own, so that what it
 * costs is on nobody's account. It knows three things: a token for whoever asks, one recording per task, and its bytes (with byte ranges). With
 * LATENCY_MS a file begins so much later, as from a vendor far away.
 */
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://stand')
  const json = (body: unknown) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (url.pathname === '/v1/access_token') {
    return json({
      access_token: 'token',
      expires_in: 1_209_600,
      refresh_token: 'refresh',
      refresh_token_expires_in: 7_776_000,
    })
  }
  if (url.pathname === '/v1/captures/query') {
    void text(request).then((body) => {
      const { query } = JSON.parse(body) as { query: { taskIds: string[]; orgId: string } }
      json({ meta: { orgId: query.orgId, urlExpiration: 60 }, data: query.taskIds.map((id) => listingOf(id)) })
    })
    return
  }
  const task = url.pathname.slice('/files/'.length)
  const { byteSize } = fileOfTask(task)
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'audio/wav',
    'content-length': byteSize - from,
    etag: etagOf(task),
  })
  const pieces = bytesFrom(task, from)
  const send = () => {
    for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
      if (!response.write(piece.value)) return void response.once('drain', send)
    }
    response.end()
  }
  if (latencyMs > 0) setTimeout(send, latencyMs)
  else send()
})

function listingOf(taskId: string) {
  const attributes = {
    filePath: `${address()}/files/${taskId}`,
    channel1: 'Caller',
    channel2: 'Agent',
    callType: 'main',
  }
  return { taskId, recording: [{ id: `r-${taskId}`, segment: false, attributes }], transcription: [] }
}

const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
server.listen(0, '127.0.0.1', () => process.send?.({ event: 'listening', url: address() }))
process.once('SIGTERM', () => {
  server.close()
  server.closeAllConnections()
})
process.once('disconnect', () => process.exit())
