import type { Logger } from '@wxcc/telemetry/log'

/** Says where this process listens: one log line, and a message to the parent if one is waiting (`@wxcc/sandbox`). */
export function announceListening(log: Logger, at: { readonly url: string; readonly metricsUrl?: string }): void {
  const { port } = new URL(at.url)
  log.info(
    {
      event: 'listening',
      port: Number(port),
      ...(at.metricsUrl ? { metricsPort: Number(new URL(at.metricsUrl).port) } : {}),
    },
    'listening',
  )
  // A parent that died between fork and here is told nothing; `disconnect` ends us.
  process.send?.({ event: 'listening', ...at }, undefined, undefined, () => {})
}
