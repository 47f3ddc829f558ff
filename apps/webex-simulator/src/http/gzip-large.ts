import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'

const compress = promisify(gzip)
/** Cheap: the time of the client counts, not the last byte. */
const LEVEL = constants.Z_BEST_SPEED
/** The vendor compresses only bodies above 1 MB, and only when asked (OpenAPI of the Search API). */
const COMPRESS_ABOVE_BYTES = 1_000_000

export function registerGzip(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if ((typeof payload !== 'string' && !Buffer.isBuffer(payload)) || payload.length <= COMPRESS_ABOVE_BYTES)
      return payload
    if (!request.headers['accept-encoding']?.includes('gzip')) return payload
    reply.header('content-encoding', 'gzip').removeHeader('content-length')
    return compress(payload, { level: LEVEL })
  })
}
