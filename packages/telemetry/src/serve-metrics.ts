import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { activeTelemetry } from './active.ts'

/**
 * Serves `/metrics` in Prometheus text. Loopback unless told otherwise, port 0 takes a free one; `url` says which.
 * A process started without `--import @wxcc/telemetry/register` has no figures and answers 503, which a scraper shows as down.
 */
export async function serveMetrics(options: {
  readonly host: string
  readonly port: number
}): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] !== '/metrics') return void response.writeHead(404).end()
    const telemetry = activeTelemetry()
    if (telemetry === undefined)
      return void response.writeHead(503).end('telemetry is not registered in this process\n')
    telemetry.answerScrape(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
