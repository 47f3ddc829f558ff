import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CaptureRow } from '@wxcc/db/capture'
import { startLocalS3 } from '@wxcc/storage/local-s3.testing'
import { bytesIn } from './bytes-in.ts'
import { type CustodyFaults, checkCustody, folderFiles } from './check-custody.ts'
import { hashOf } from './invented-file.ts'
import { fileOfTask, inventTask } from './invented-task.ts'
import { openUploadGate } from './upload-gate.ts'
import { type RecordingsWorld, startWorld } from './world.ts'

export interface KilledFigures extends CustodyFaults {
  /** Tasks with another number of stored recordings than one. */
  readonly twice: number
  /** Kills that found a file half in the spool, or half in the store. */
  readonly killedAtWork: number
}

const FILE_BYTES = 3_000_000
const FILES_EACH = 20
const BUCKET = 'bench'

/** kill -9 while files come in, each time at another moment; a planner takes back what the dead downloader held. */
export async function killWhileDownloading(
  world: RecordingsWorld,
  kills: number,
  nextSerial: () => number,
): Promise<KilledFigures> {
  const planner = await world.startPlanner()
  let killedAtWork = 0
  for (let kill = 0; kill < kills; kill++) {
    await world.addTasks(invent(nextSerial))
    const downloader = await world.startDownloader()
    await untilSpooling(world)
    await sleep((kill * 37) % 200)
    if ((await bytesIn(world.spoolFolder)) > 1_000) killedAtWork += 1
    process.kill(downloader.pid(), 'SIGKILL')
    await downloader.stop()
  }
  await finish(world, {})
  await planner.stop()
  const files = folderFiles(world.objectsFolder, [''])
  return { ...(await checkCustody({ ...world, files, isVendors })), twice: await storedTwice(world), killedAtWork }
}

/**
 * The same in the middle of a PUT: a gate before an S3 server lets a megabyte of a recording pass, and holds the rest until its sender is dead. A
 * world of its own, so that every row is about that store.
 */
export async function killWhileUploading(
  given: { readonly concurrency: number; readonly spoolMaxBytes: number },
  kills: number,
  nextSerial: () => number,
): Promise<KilledFigures> {
  const world = await startWorld(given)
  const s3Folder = path.join(world.folder, 's3')
  await mkdir(s3Folder)
  const s3 = await startLocalS3(s3Folder)
  const gate = await openUploadGate(s3.endpoint)
  const store = {
    S3_ENDPOINT: gate.url,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
    S3_REGION: s3.region,
    S3_BUCKET: BUCKET,
  }
  try {
    const planner = await world.startPlanner()
    for (let kill = 0; kill < kills; kill++) {
      await world.addTasks(invent(nextSerial))
      const held = gate.holdUpload()
      const downloader = await world.startDownloader(store)
      await held
      process.kill(downloader.pid(), 'SIGKILL')
      await downloader.stop()
    }
    await finish(world, store)
    await planner.stop()
    const files = { pathOf: (key: string) => s3.pathOf(BUCKET, key), list: () => s3.keysOf(BUCKET) }
    const faults = await checkCustody({ ...world, files, isVendors })
    return { ...faults, twice: await storedTwice(world), killedAtWork: kills }
  } finally {
    await gate.close()
    await s3.stop()
    await world.stop()
  }
}

/** One that lives does what is left. */
async function finish(world: RecordingsWorld, store: Readonly<Record<string, string>>): Promise<void> {
  const downloader = await world.startDownloader(store)
  const open = await world.db.selectFrom('etl.capture').select('task_id').where('state', '<>', 'stored').execute()
  await world.untilSettled(open.map((row) => row.task_id))
  await downloader.stop()
}

async function untilSpooling(world: RecordingsWorld): Promise<void> {
  for (;;) {
    const counted = await world.db
      .selectFrom('etl.capture')
      .select((eb) => [
        eb.fn.countAll<number>().filterWhere('state', '=', 'downloading').as('downloading'),
        eb.fn.countAll<number>().filterWhere('state', '<>', 'stored').as('open'),
      ])
      .executeTakeFirstOrThrow()
    if (counted.open === 0 || (counted.downloading > 0 && (await bytesIn(world.spoolFolder)) > 1_000)) return
    await sleep(5)
  }
}

/** Whether the row is of the file that the stand served. */
export function isVendors(row: CaptureRow): boolean {
  return row.byte_size === fileOfTask(row.task_id).byteSize && row.sha256!.toString('hex') === hashOf(row.task_id)
}

async function storedTwice({ db }: RecordingsWorld): Promise<number> {
  const rows = await db.selectFrom('etl.capture').select('task_id').where('state', '=', 'stored').execute()
  return rows.length - new Set(rows.map((row) => row.task_id)).size
}

function invent(nextSerial: () => number): string[] {
  return Array.from({ length: FILES_EACH }, () => inventTask(nextSerial(), FILE_BYTES))
}
