import { spawn } from 'node:child_process'
import { promises as fs } from 'node:fs'
import { createInterface } from 'node:readline'
import type { KeptServer } from './keep-postgres.ts'

/** The settings BullMQ needs to be trusted: nothing is evicted, at most a second is lost. */
export async function keepRedis(order: {
  readonly port: number
  readonly dataDir: string
  readonly isTemporary: boolean
  readonly binary: string
}): Promise<KeptServer> {
  const server = spawn(
    order.binary,
    [
      `--port ${order.port} --bind 127.0.0.1 --appendonly yes --appendfsync everysec --maxmemory-policy noeviction`.split(
        ' ',
      ),
      ['--dir', order.dataDir, '--save', ''],
    ].flat(),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = new Promise((resolve) => server.once('exit', resolve))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`redis ended while starting (code ${code})`)))
    createInterface({ input: server.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`)
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  return {
    url: `redis://127.0.0.1:${order.port}`,
    exited,
    stop: async () => {
      server.kill('SIGTERM')
      await exited
      if (order.isTemporary) await fs.rm(order.dataDir, { recursive: true, force: true })
    },
  }
}

/** A server in TypeScript from npm, for machines without Redis: the same commands, about 200 jobs a second, nothing kept. */
export async function keepNpmRedis(order: { readonly port: number }): Promise<KeptServer> {
  const { createRedisMock } = await import('js-redis-server')
  const server = await createRedisMock({ port: order.port })
  return { url: server.url, exited: new Promise(() => {}), stop: () => server.close() }
}
