import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

/** A PUT of at least this much of a recording has begun to arrive, and cannot have ended. */
const HELD_AT_BYTES = 1_000_000

/** Stands before an object store and lets everything pass, until it is told to hold an upload in its middle. */
export interface UploadGate {
  readonly url: string
  /** Resolves when the next recording's PUT has sent so much; nothing more of it reaches the store, until its sender is gone. */
  holdUpload(): Promise<void>
  close(): Promise<void>
}

export async function openUploadGate(storeUrl: string): Promise<UploadGate> {
  const { hostname, port } = new URL(storeUrl)
  let holding: (() => void) | undefined
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const store = connect(Number(port), hostname)
    for (const socket of [client, store]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => open.delete(socket))
    }
    let sent = Number.NaN
    let isHeld = false
    client.on('data', (piece: Buffer) => {
      if (isUpload(piece)) sent = 0
      sent += piece.length
      if (holding !== undefined && sent >= HELD_AT_BYTES) {
        holding()
        holding = undefined
        isHeld = true
      }
      // What comes after the pause is thrown away with the connection.
      if (isHeld) {
        client.pause()
        return
      }
      if (!store.write(piece)) {
        client.pause()
        store.once('drain', () => !isHeld && client.resume())
      }
    })
    store.pipe(client)
    client.once('close', () => store.destroy())
    store.once('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdUpload: () => new Promise((resolve) => (holding = resolve)),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** Heads come in a piece of their own or begin one: the client sends one request after another over a connection. */
function isUpload(piece: Buffer): boolean {
  return piece.subarray(0, 4).toString('latin1') === 'PUT ' && piece.subarray(0, 200).includes('/recording/')
}
