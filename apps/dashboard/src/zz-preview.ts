import { connectDatabase } from '@wxcc/db/connect'
import { QUEUES } from '@wxcc/contracts/queues'
import { createLogger } from '@wxcc/telemetry/log'
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { createServer } from './server.ts'
import { SAMPLE_NOW_MS, fillLedger } from './ledger.sample.ts'
const db = connectDatabase({ url: 'postgres://postgres:x@127.0.0.1:54999/dash_preview', applicationName: 'x' })
if (process.argv[2] === 'fill') await fillLedger(db)
const redis = new Redis('redis://127.0.0.1:6399', { maxRetriesPerRequest: null })
const queues = QUEUES.map((q) => new Queue(q.name, { connection: redis, prefix: 'wxcc', skipMetasUpdate: true }))
if (process.argv[2] === 'fill') { await queues[2]!.add('fetch-span', { fetchId: 17, generation: 3 }, { jobId: 'fetch-span.17.g3' }); const w = new Worker('fetch-span', async () => ({kind:'done'}), { connection: redis, prefix: 'wxcc' }); await new Promise((r) => w.once('completed', r)); await w.close() }
const s = await createServer({ db, clock: async () => SAMPLE_NOW_MS, queues, operator: { user: 'operator', password: 'secret' }, isWritable: false, isReady: async () => true, log: createLogger('dashboard') })
console.log(await s.listen({ port: 7788, host: '127.0.0.1' }))
