import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port nobody listens on at this moment. Another process may take it before its use, so callers try again when a server cannot bind. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
