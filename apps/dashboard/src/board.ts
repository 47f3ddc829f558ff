import { AsyncLocalStorage } from 'node:async_hooks'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import { noteAct } from '@wxcc/db/audit'
import type { Role } from '@wxcc/db/board-user'
import type { Database } from '@wxcc/db/connect'
import type { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'
import { isChange, personOf, requireOperator } from './access/guard.ts'

export const BOARD_PATH = '/queues'

/**
 * Bull Board over these queues at `/queues/`. It changes jobs only where `isWritable` and for operators, and each change is noted; for everybody else it
 * is read-only. Pressing retry on a kept job of a finished fetch is harmless either way: the job's generation claims nothing and it ends `skipped(stale)`.
 */
export async function registerBoard(
  scope: FastifyInstance,
  options: { readonly db: Database; readonly queues: readonly Queue[]; readonly isWritable: boolean },
): Promise<void> {
  const { db, queues, isWritable } = options
  const asking = new AsyncLocalStorage<Role>()
  const serverAdapter = new FastifyAdapter().setBasePath(BOARD_PATH)
  createBullBoard({
    queues: queues.map((queue) => {
      const adapter = new BullMQAdapter(queue, { readOnlyMode: !isWritable, delimiter: '.' })
      // Bull Board knows no roles; it asks this of each queue at every request.
      return Object.defineProperty(adapter, 'readOnlyMode', {
        get: () => !isWritable || asking.getStore() !== 'operator',
      })
    }),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'wxcc-pipeline',
        boardLogo: { path: '/icon.svg', width: '20px', height: '20px' },
        favIcon: { default: '/icon.svg', alternative: '/icon.svg' },
        miscLinks: [{ text: 'Completeness', url: '/' }],
        // CLIENT LIST per queue and poll otherwise; the workers are seen in their own metrics.
        showWorkers: false,
        hideDocsLink: true,
        pollingInterval: { forceInterval: 5 },
      },
    },
  })
  await scope.register(
    async (board) => {
      board.addHook('onRequest', async (request, reply) =>
        isChange(request.method) ? requireOperator(request, reply) : undefined,
      )
      board.addHook('preHandler', async (request) => {
        if (!isWritable || !isChange(request.method)) return
        const [path] = request.url.split('?')
        await noteAct(db, {
          actor: personOf(request).name,
          via: 'board',
          action: 'change jobs',
          subject: `${request.method} ${path}`,
        })
      })
      // The last hook before the handler, since reading a body may lose the context.
      board.addHook('preHandler', (request, _reply, done) => asking.run(personOf(request).role, done))
      await board.register(serverAdapter.registerPlugin())
    },
    { prefix: BOARD_PATH },
  )
}
