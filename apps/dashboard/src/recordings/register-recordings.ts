import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import { type Recording, findRecordings, noteAccess } from '@wxcc/db/recordings'
import type { ObjectStore } from '@wxcc/storage/object-store'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { personOf, requireOperator } from '../access/guard.ts'
import { renderRecordings } from './recordings-page.ts'

/** Long enough to begin to listen; the browser follows it at once. */
const LINK_SECONDS = 300
const SHOWN = 200
const DAY_MS = 86_400_000

export interface RecordingsParts {
  readonly db: Database
  readonly clock: Clock
  /** Opened when the first file is asked for, so that the board shows everything else while the store is away. Undefined: files are not handed out. */
  readonly openObjects: (() => Promise<ObjectStore>) | undefined
}

const listQuery = {
  type: 'object',
  properties: {
    task: { type: 'string', maxLength: 200 },
    day: { type: 'string', pattern: '^(\\d{4}-\\d{2}-\\d{2})?$' },
    capture: { type: 'string', pattern: '^\\d{0,15}$' },
  },
} as const
const fileParams = {
  type: 'object',
  properties: { captureId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } },
  required: ['captureId'],
} as const

/** `/recordings` (by task or UTC day) and `/recordings/<capture>/file`: a short-lived link where the store gives one, else the bytes. Each hand-out is a row, and takes an operator: it is somebody's voice. */
export function registerRecordings(scope: FastifyInstance, { db, clock, openObjects }: RecordingsParts): void {
  scope.get<{ Querystring: { task?: string; day?: string } }>(
    '/recordings',
    { schema: { querystring: listQuery } },
    async (request, reply) => {
      const { task, day } = { task: request.query.task?.trim() || undefined, day: request.query.day || undefined }
      const fromMs = Date.parse(`${day ?? new Date(await clock()).toISOString().slice(0, 10)}T00:00:00Z`)
      if (Number.isNaN(fromMs)) return reply.status(400).send({ statusCode: 400, message: 'There is no such day.' })
      const found = await findRecordings(
        db,
        task === undefined ? { fromMs, toMs: fromMs + DAY_MS, limit: SHOWN } : { taskId: task, limit: SHOWN },
      )
      const person = personOf(request)
      const page = renderRecordings(
        found,
        {
          task: task ?? '',
          day: task === undefined ? new Date(fromMs).toISOString().slice(0, 10) : '',
          hasFiles: openObjects !== undefined && person.role === 'operator',
          isCut: found.length === SHOWN,
        },
        person,
      )
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
    },
  )

  scope.get<{ Params: { captureId: number } }>(
    '/recordings/:captureId/file',
    { schema: { params: fileParams }, exposeHeadRoute: false, onRequest: requireOperator },
    async (request, reply) => {
      const { captureId } = request.params
      const [one] = await findRecordings(db, { captureId, state: 'stored', limit: 1 })
      if (one === undefined || openObjects === undefined) return notFound(reply)
      const objects = await openObjects()
      const link = await objects.link(one.objectKey!, LINK_SECONDS)
      // Written before anything is handed out.
      const action = link === undefined ? 'play' : 'link'
      await noteAccess(db, { captureId, via: 'board', action, nowMs: await clock() })
      void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      if (link !== undefined) return reply.redirect(link, 302)
      const bytes = await objects.open(one.objectKey!)
      if (bytes === undefined) return notFound(reply)
      return reply.headers(headersOf(one)).send(bytes)
    },
  )
}

/** Only audio opens in the browser. What a customer attached is never more than bytes here: it could be a page with a script. */
function headersOf(one: Recording): Record<string, string> {
  const isAudio = one.kind === 'recording'
  const name = `${one.captureId}.${isAudio ? 'wav' : one.kind === 'transcript' ? 'json' : 'bin'}`
  return {
    'content-type': isAudio ? 'audio/wav' : 'application/octet-stream',
    'content-disposition': `${isAudio ? 'inline' : 'attachment'}; filename="${name}"`,
    ...(one.byteSize === null ? {} : { 'content-length': String(one.byteSize) }),
  }
}

function notFound(reply: FastifyReply) {
  return reply.status(404).send({ statusCode: 404, message: 'Not found' })
}
