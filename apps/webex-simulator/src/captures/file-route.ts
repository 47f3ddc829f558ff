import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { cutAt } from '../faults/apply-to-answer.ts'
import type { FaultList } from '../faults/fault-list.ts'
import type { Orgs } from '../orgs.ts'
import { readByteRange } from './byte-range.ts'
import { findCaptureFile } from './capture-path.ts'
import type { SignedLinks } from './signed-links.ts'

export interface FileRouteOptions {
  readonly orgs: Orgs
  readonly links: SignedLinks
  readonly faults: FaultList
  readonly nowMs: () => number
}

interface FileParams {
  readonly orgId: string
  readonly taskId: string
  readonly kind: string
  readonly key: string
  readonly fileName: string
}

/** Body of S3's refusals. */
function deny(reply: FastifyReply, message: string): FastifyReply {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`
  return reply.code(403).type('application/xml').send(xml)
}

/** What a proxy may put in place of audio: 59 bytes, served with status 200. */
const ERROR_PAGE = '<html><body><h1>503 Service Unavailable</h1></body></html>\n'

/** `GET /_files/…`: what capture links point at. No Authorization, as with S3; length, type, ETag and byte ranges as there. */
export function registerFileRoute(app: FastifyInstance, { orgs, links, faults, nowMs }: FileRouteOptions): void {
  /** Signatures of links that expired while they were read. */
  const worn = new Set<string>()

  app.get<{ Params: FileParams; Querystring: Record<string, string> }>(
    '/_files/:orgId/:taskId/:kind/:key/:fileName',
    async (request, reply) => {
      const [path = ''] = request.url.split('?')
      const subject = { path: request.url, text: '', org: request.params.orgId }
      const signature = request.query['X-Amz-Signature'] ?? ''
      const state = links.check(path, request.query, nowMs())
      if (state === 'forged') return deny(reply, 'Access Denied')
      if (state === 'expired' || worn.has(signature) || faults.take(subject, ['expireLinks']))
        return deny(reply, 'Request has expired')
      const org = orgs.find(request.params.orgId)
      const file = org && findCaptureFile(org.world, request.params, org.seen.asOfMs())
      if (file === undefined) return deny(reply, 'Access Denied')
      if (faults.take(subject, ['captureErrorPage'])) return reply.type('text/html').send(ERROR_PAGE)

      const whole = await file.read()
      if (faults.take(subject, ['expireMidDownload'])) {
        worn.add(signature)
        reply.type(file.contentType).header('content-length', whole.length)
        return reply.send(cutAt(whole, whole.length >>> 1))
      }
      const isHalved = faults.take(subject, ['captureWrongLength']) !== undefined
      return sendFile(
        reply,
        file.contentType,
        isHalved ? whole.subarray(0, whole.length >>> 1) : whole,
        request.headers.range,
      )
    },
  )
}

function sendFile(
  reply: FastifyReply,
  contentType: string,
  bytes: Buffer,
  rangeHeader: string | undefined,
): FastifyReply {
  reply.header('etag', `"${createHash('md5').update(bytes).digest('hex')}"`)
  reply.header('accept-ranges', 'bytes').type(contentType)
  const range = readByteRange(rangeHeader, bytes.length)
  if (range === 'whole') return reply.header('content-length', bytes.length).send(bytes)
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${bytes.length}`).send()
  const part = bytes.subarray(range.start, range.end + 1)
  return reply
    .code(206)
    .header('content-range', `bytes ${range.start}-${range.end}/${bytes.length}`)
    .header('content-length', part.length)
    .send(part)
}
