import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Caller } from '../http/caller.ts'
import type { RequestLog } from './request-log.ts'
import type { ServedPage } from './served-rows.ts'

/** What is noted of a request while it is answered. */
export interface Traffic {
  readonly startedMs: number
  readonly atMs: number
  /** Raw Search pages in the answer. */
  readonly pages: ServedPage[]
  bytes: number | null
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every vendor path by `registerTraffic`. */
    traffic: Traffic | undefined
  }
}

export interface TrafficOptions {
  readonly requests: RequestLog
  readonly nowMs: () => number
  /** Calls with a token are counted against the limit and in totals; the others are only remembered. */
  readonly isCounted: boolean
}

/** Notes every request of a scope in the log. */
export function registerTraffic(app: FastifyInstance, { requests, nowMs, isCounted }: TrafficOptions): void {
  const endpointOf = (request: FastifyRequest) => `${request.method} ${request.routeOptions.url ?? ''}`
  app.addHook('onRequest', async (request) => {
    const atMs = nowMs()
    request.traffic = { startedMs: performance.now(), atMs, pages: [], bytes: null }
    if (isCounted) requests.begin(endpointOf(request), atMs)
  })
  app.addHook('onSend', async (request, _reply, payload) => {
    if (request.traffic !== undefined) request.traffic.bytes = sizeOf(payload)
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    const { traffic } = request
    if (traffic === undefined) return
    const pages = reply.statusCode === 200 ? traffic.pages : []
    if (isCounted) requests.end(endpointOf(request), reply.statusCode, pages)
    const caller: Caller | undefined = request.caller
    requests.note({
      atMs: traffic.atMs,
      method: request.method,
      // The path of a link to a file is its key: only its pattern is shown.
      path: isCounted ? (request.url.split('?')[0] ?? '') : (request.routeOptions.url ?? ''),
      client: caller?.clientId ?? null,
      org: caller?.org.id ?? null,
      roots: [...new Set(pages.map(({ root }) => root))],
      status: reply.statusCode,
      rows: pages.reduce((sum, { ids }) => sum + ids.length, 0),
      bytes: traffic.bytes,
      ms: Math.round(performance.now() - traffic.startedMs),
    })
  })
}

function sizeOf(payload: unknown): number | null {
  if (payload === undefined || payload === null) return 0
  if (typeof payload === 'string') return Buffer.byteLength(payload)
  return Buffer.isBuffer(payload) ? payload.length : null
}

/** A path that nobody answers was asked for. */
export function noteUnknownPath(
  { requests, nowMs }: Pick<TrafficOptions, 'requests' | 'nowMs'>,
  request: FastifyRequest,
) {
  const path = request.url.split('?')[0] ?? ''
  const unknown = { client: null, org: null, roots: [], status: 404, rows: 0, bytes: null, ms: 0 }
  requests.note({ atMs: nowMs(), method: request.method, path, ...unknown })
}
