import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { binding } from './binding.ts'

/** Resolves when the thing is well, rejects when it is not. */
export type Check = () => Promise<unknown>

const CHECK_TIMEOUT_MS = 2_000

/**
 * `/healthz` answers as long as the event loop turns (restart me if not); `/readyz` answers 200 only if every check passes and the process is
 * not draining (send me nothing if not). Failing checks are named, their errors are not. Port 0 takes a free one.
 * Throws `ConnectionError` for HTTP_HOST or HTTP_PORT that cannot be had.
 */
export async function serveHealth(options: {
  readonly host: string
  readonly port: number
  readonly checks: Readonly<Record<string, Check>>
  readonly isDraining: () => boolean
}): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
    if (request.url === '/healthz') return void answer(200, { ok: true })
    if (request.url !== '/readyz') return void answer(404, { ok: false })
    if (options.isDraining()) return void answer(503, { ok: false, draining: true })
    void failingChecks(options.checks).then((failing) =>
      answer(failing.length === 0 ? 200 : 503, { ok: failing.length === 0, failing }),
    )
  })
  return binding('HTTP', () => listen(server, options))
}

async function failingChecks(checks: Readonly<Record<string, Check>>): Promise<string[]> {
  const failing = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ((await passes(check)) ? undefined : name)),
  )
  return failing.filter((name) => name !== undefined)
}

/** A check that hangs has failed. */
async function passes(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)
  })
  try {
    return await Promise.race([check().then(() => true), timeout])
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}

async function listen(server: Server, at: { readonly host: string; readonly port: number }) {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at.port, at.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
