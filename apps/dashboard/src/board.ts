import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { FastifyAdapter } from '@bull-board/fastify'
import type { Queue } from 'bullmq'
import type { FastifyInstance } from 'fastify'

export const BOARD_PATH = '/queues'

/**
 * Bull Board over these queues at `/queues/`. Unless `isWritable`, every changing route answers 405. Pressing retry on a kept job of a finished
 * fetch is harmless either way: the job's generation claims nothing and it ends `skipped(stale)`.
 */
export async function registerBoard(
  scope: FastifyInstance,
  options: { readonly queues: readonly Queue[]; readonly isWritable: boolean },
): Promise<void> {
  const serverAdapter = new FastifyAdapter().setBasePath(BOARD_PATH)
  createBullBoard({
    queues: options.queues.map(
      (queue) => new BullMQAdapter(queue, { readOnlyMode: !options.isWritable, delimiter: '.' }),
    ),
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
  await scope.register(serverAdapter.registerPlugin(), { prefix: BOARD_PATH })
}
