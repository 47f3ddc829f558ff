import type { IncomingMessage, ServerResponse } from 'node:http'

/** What `register.ts` started in this process, for `serveMetrics` and `shutdownTelemetry`. */
interface ActiveTelemetry {
  readonly answerScrape: (request: IncomingMessage, response: ServerResponse) => void
  readonly shutdown: () => Promise<void>
}

let active: ActiveTelemetry | undefined

export function setActiveTelemetry(telemetry: ActiveTelemetry): void {
  active = telemetry
}

export function activeTelemetry(): ActiveTelemetry | undefined {
  return active
}

/** Sends what is still held back. The last step of a stop; twice is harmless. An exporter that cannot be reached is not worth a failed stop. */
export async function shutdownTelemetry(): Promise<void> {
  const stopping = active
  active = undefined
  await stopping?.shutdown().catch(() => {})
}
