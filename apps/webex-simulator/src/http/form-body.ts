import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

/** Bodies of forms are read in this scope, each field once; of a field given twice the last one counts. */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(body.toString())))
  })
}

const fields = z.record(z.string(), z.unknown())

/** A field's text; undefined when it is absent, empty or no text. */
export function fieldOf(body: unknown, name: string): string | undefined {
  const value = fields.safeParse(body).data?.[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
