import { readFileSync } from 'node:fs'
import type { Clock } from '@wxcc/contracts/clock'
import type { Database } from '@wxcc/db/connect'
import type { FastifyInstance } from 'fastify'
import { personOf } from './access/guard.ts'
import { renderHomePage } from './page/home-page.ts'
import { type Overview, readOverview } from './read/overview.ts'

// A week fits one screen; what lies before and is not complete is counted below the map.
const DAYS_SHOWN = 7
const MAX_DAYS = 92

const daysQuery = {
  type: 'object',
  properties: { days: { type: 'integer', minimum: 1, maximum: MAX_DAYS, default: DAYS_SHOWN } },
} as const

/** The home page, its figures as JSON at `/api/completeness` (both take `?days=1…92`), and the two files the page needs. */
export function registerPages(scope: FastifyInstance, db: Database, clock: Clock): void {
  const read = onceAtATime((days: number) => readOverview(db, clock, days))
  scope.get<{ Querystring: { days: number } }>('/', { schema: { querystring: daysQuery } }, async (request, reply) => {
    const page = renderHomePage(await read(request.query.days), personOf(request))
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
  })
  scope.get<{ Querystring: { days: number } }>(
    '/api/completeness',
    { schema: { querystring: daysQuery } },
    async (request, reply) => reply.header('cache-control', 'no-store').send(await read(request.query.days)),
  )
  serveFile(scope, '/style.css', 'text/css; charset=utf-8')
  serveFile(scope, '/icon.svg', 'image/svg+xml')
}

/** Several open pages that refresh together share one reading, so that a wall of screens does not load the ledger. */
function onceAtATime(read: (days: number) => Promise<Overview>): (days: number) => Promise<Overview> {
  const running = new Map<number, Promise<Overview>>()
  return (days) => {
    const shared = running.get(days)
    if (shared !== undefined) return shared
    const started = read(days).finally(() => running.delete(days))
    running.set(days, started)
    return started
  }
}

function serveFile(scope: FastifyInstance, path: string, type: string): void {
  const content = readFileSync(new URL(`page${path}`, import.meta.url), 'utf8')
  scope.get(path, (_request, reply) => reply.type(type).header('cache-control', 'private, max-age=3600').send(content))
}
