import type { z } from 'zod'
import type { faultSchema } from '../faults/fault.ts'

export interface FaultPreset {
  readonly name: string
  readonly request: z.input<typeof faultSchema>
}

/** Faults to be had by a click; anything else goes by `POST /_sim/faults`. */
export const PRESETS: readonly FaultPreset[] = [
  {
    name: 'Next Search: 429, retry after 5 s',
    request: { match: { path: '/search' }, times: 1, fault: { kind: 'status', status: 429, retryAfterSeconds: 5 } },
  },
  {
    name: 'Next Search: 503',
    request: { match: { path: '/search' }, times: 1, fault: { kind: 'status', status: 503 } },
  },
  {
    name: 'Next Search: connection reset',
    request: { match: { path: '/search' }, times: 1, fault: { kind: 'reset' } },
  },
  {
    name: 'Next Search: body cut in the middle',
    request: { match: { path: '/search' }, times: 1, fault: { kind: 'cutBody' } },
  },
  {
    name: 'Next Search: 200 with errors',
    request: { match: { path: '/search' }, times: 1, fault: { kind: 'graphqlErrors' } },
  },
  {
    name: 'Search: one in ten answers 500',
    request: { match: { path: '/search' }, probability: 0.1, fault: { kind: 'status', status: 500 } },
  },
  { name: 'Everything takes half a second to two', request: { fault: { kind: 'delay', delayMs: 500, upToMs: 2000 } } },
  {
    name: 'Lists: one row in ten is missing',
    request: { match: { path: '/search' }, fault: { kind: 'dropRows', share: 0.1 } },
  },
  {
    name: 'Lists: one row in ten comes twice',
    request: { match: { path: '/search' }, fault: { kind: 'doubleRows', share: 0.1 } },
  },
  {
    name: 'Search answers are ten minutes old',
    request: { match: { path: '/search' }, fault: { kind: 'staleReplica', staleMs: 600_000 } },
  },
  {
    name: 'Next download: breaks off, link expired',
    request: { match: { path: '/_files' }, times: 1, fault: { kind: 'expireMidDownload' } },
  },
  {
    name: 'Next download: error page instead of audio',
    request: { match: { path: '/_files' }, times: 1, fault: { kind: 'captureErrorPage' } },
  },
]
