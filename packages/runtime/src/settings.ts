import { z } from 'zod'

const port = z.coerce.number().int().min(0).max(65_535)

/** What any process of ours reads. Ports: 0 takes a free one and the `listening` line says which. */
export const processSettings = {
  /** Unset: Postgres' clock. Set: `GET` answers `{"nowMs": …}`; tests and the demo only. */
  CLOCK_URL: z.url({ protocol: /^https?$/, message: 'must be an http:// address' }).optional(),
  HTTP_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port.default(0),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: port.default(0),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** How long jobs in hand may finish after SIGTERM before they are aborted and their rows given back. */
  STOP_GRACE_MS: z.coerce.number().int().min(0).default(10_000),
}
