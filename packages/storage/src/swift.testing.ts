import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type { S3Settings } from './s3-store.ts'

const SERVERS = ['account', 'container', 'object', 'proxy'] as const

/** Debian's packages swift-account, swift-container, swift-object and swift-proxy: a real S3 that checks signatures (s3api). */
export function hasSwift(): boolean {
  return SERVERS.every((server) => existsSync(`/usr/bin/swift-${server}-server`))
}

/** One node of everything in a folder of its own, on free ports. `stop` ends it and removes the folder. */
export async function startSwift(): Promise<{
  readonly settings: Omit<S3Settings, 'bucket'>
  readonly stop: () => Promise<void>
}> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-swift-'))
  await mkdir(path.join(folder, 'node/disk'), { recursive: true })
  const ports = Object.fromEntries(
    await Promise.all(SERVERS.map(async (server) => [server, await freePort()] as const)),
  )
  await writeFile(path.join(folder, 'swift.conf'), SWIFT_CONF)
  for (const server of SERVERS) {
    await writeFile(path.join(folder, `${server}.conf`), configOf(server, folder, ports[server]!))
  }
  await promisify(execFile)('/usr/bin/python3', ['-c', MAKE_RINGS, folder, JSON.stringify(ports)])

  const children = SERVERS.map((server) => run(`/usr/bin/swift-${server}-server`, path.join(folder, `${server}.conf`)))
  const stop = async () => {
    await Promise.all(children.map(({ child, ended }) => (child.kill('SIGKILL'), ended)))
    await rm(folder, { recursive: true, force: true })
  }
  const endpoint = `http://127.0.0.1:${ports['proxy']}`
  try {
    for (const server of SERVERS) await answering(ports[server]!, children)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    settings: { endpoint, accessKey: 'wxcc:tester', secretKey: 'swift-secret', region: 'us-east-1' },
    stop,
  }
}

const SWIFT_CONF = `[swift-hash]
swift_hash_path_prefix = wxcc
swift_hash_path_suffix = wxcc
[storage-policy:0]
name = only
default = yes
`

/** Rings of one device each; by swift's own library, in one process instead of nine. */
const MAKE_RINGS = `
import json, sys
from swift.common.ring import RingBuilder
folder, ports = sys.argv[1], json.loads(sys.argv[2])
for name in ('account', 'container', 'object'):
    builder = RingBuilder(4, 1, 1)
    builder.add_dev(dict(id=0, region=1, zone=1, ip='127.0.0.1', port=ports[name], replication_ip='127.0.0.1',
        replication_port=ports[name], device='disk', weight=1.0, meta=''))
    builder.rebalance(seed='wxcc')
    builder.get_ring().save('%s/%s.ring.gz' % (folder, name))
`

/** Nothing listens at the cache's address: tokens are not used, and signatures need none. */
function configOf(server: (typeof SERVERS)[number], folder: string, port: number): string {
  const head = `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${os.userInfo().username}
swift_dir = ${folder}
devices = ${path.join(folder, 'node')}
mount_check = false
log_level = ERROR
`
  if (server !== 'proxy')
    return `${head}[pipeline:main]\npipeline = ${server}-server\n[app:${server}-server]\nuse = egg:swift#${server}\n`
  return `${head}[pipeline:main]
pipeline = cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_wxcc_tester = swift-secret .admin
`
}

/** The servers end with this process, however it ends. */
function run(program: string, config: string): { readonly child: ChildProcess; readonly ended: Promise<void> } {
  const child = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', program, config], { stdio: 'ignore' })
  return { child, ended: new Promise((resolve) => child.once('exit', () => resolve())) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Until the server answers at all; throws when one of them has ended. */
async function answering(port: number, children: readonly { readonly child: ChildProcess }[]): Promise<void> {
  for (;;) {
    if (children.some(({ child }) => child.exitCode !== null)) throw new Error('a server of Swift ended at once')
    const isThere = await fetch(`http://127.0.0.1:${port}/`).then(
      async (response) => (await response.arrayBuffer(), true),
      () => false,
    )
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
