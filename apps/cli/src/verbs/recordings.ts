import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CAPTURE_KINDS, CAPTURE_STATES, type CaptureKind, type CaptureState } from '@wxcc/contracts/ledger'
import { RECORDING_POLICIES, type RecordingPolicy, listSources } from '@wxcc/db/data-source'
import type { Database } from '@wxcc/db/connect'
import { postgresClock } from '@wxcc/db/postgres-clock'
import { type Recording, findRecordings, noteAccess } from '@wxcc/db/recordings'
import { changeCustody } from '@wxcc/db/retention'
import { databaseSettings } from '@wxcc/db/settings'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import type { ObjectStore } from '@wxcc/storage/object-store'
import { missingStorageSettings, openStore, storageSettings, storeSettingNames } from '@wxcc/storage/open-store'
import { Command, Option } from 'commander'
import { instant, whole } from '../option-parsers.ts'
import { hoursMinutesSeconds, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'

interface Which {
  readonly source?: string
  readonly task?: string
  readonly from?: number
  readonly to?: number
  readonly kind?: CaptureKind
  readonly state?: CaptureState
  readonly limit: number
}

/** `wxcc recordings`: what is in custody, what is not and why; copies of it for who may have them. */
export function recordingsCommand(): Command {
  return new Command('recordings')
    .description('recordings, transcripts and attachments in custody')
    .addCommand(
      which(new Command('list').description('what is expected, stored or missing, and why'))
        .addOption(new Option('--state <state>', 'only those').choices(CAPTURE_STATES))
        .option('--json', 'print as JSON')
        .action(listThem),
    )
    .addCommand(
      which(new Command('export').description('copy stored files into a folder, with SHA256SUMS; each copy is logged'))
        .requiredOption('--out <folder>', 'where to')
        .action(exportThem),
    )
    .addCommand(
      new Command('link')
        .description('an address that opens one stored file for a while; logged')
        .argument('<capture>', 'its number, from list', whole(1))
        .option('--minutes <n>', 'how long it opens', whole(1), 5)
        .action(linkOne),
    )
    .addCommand(
      new Command('policy')
        .description('which connected calls should have a recording')
        .requiredOption('--source <key>', 'of which source')
        .addOption(
          new Option('--set <policy>', 'those the vendor flags (1 % of the others is asked too), or all')
            .choices(RECORDING_POLICIES)
            .makeOptionMandatory(),
        )
        .action(setPolicy),
    )
}

function which(command: Command): Command {
  return command
    .option('--source <key>', 'of one source')
    .option('--task <id>', 'of one task')
    .option('--from <instant>', 'of conversations that began then or later (ISO 8601)', instant)
    .option('--to <instant>', 'and before', instant)
    .addOption(new Option('--kind <kind>', 'only those').choices(CAPTURE_KINDS))
    .option('--limit <n>', 'at most so many', whole(1), 1_000)
}

function find(db: Database, flags: Which): Promise<Recording[]> {
  const { source, task, from, to, kind, state, limit } = flags
  return findRecordings(db, {
    limit,
    ...(source === undefined ? {} : { dataSourceKey: source }),
    ...(task === undefined ? {} : { taskId: task }),
    ...(from === undefined ? {} : { fromMs: from }),
    ...(to === undefined ? {} : { toMs: to }),
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
  })
}

async function listThem(flags: Which & { readonly json?: boolean }): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const found = await find(db, flags)
    if (flags.json) {
      const lines = found.map(({ objectKey: _key, sha256, ...one }) => ({ ...one, sha256: sha256?.toString('hex') }))
      return console.log(JSON.stringify(lines, null, 2))
    }
    if (found.length === 0) return console.log('None.')
    console.log(
      table(
        ['Capture', 'Task', 'Conversation began', 'Kind', 'State', 'Reason or findings', 'Length', 'Bytes'],
        found.map((one) => [
          String(one.captureId),
          one.taskId,
          one.conversationStart.toISOString(),
          one.callType === null ? one.kind : `${one.kind} ${one.callType}`,
          one.state,
          one.reason ?? one.findings.join(' '),
          one.durationMs === null ? '' : hoursMinutesSeconds(one.durationMs),
          one.byteSize === null ? '' : String(one.byteSize),
        ]),
      ),
    )
    if (found.length === flags.limit) console.log(`The first ${flags.limit}; --limit shows more.`)
  })
}

async function exportThem(flags: Which & { readonly out: string }): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...storageSettings }, process.env, missingStorageSettings)
  const objects = await connecting(storeSettingNames(config), () => openStore(config))
  await withDatabase(config.DATABASE_URL, async (db) => {
    const stored = await find(db, { ...flags, state: 'stored' })
    await mkdir(flags.out, { recursive: true })
    const sums: string[] = []
    for (const one of stored) {
      await noteAccess(db, { captureId: one.captureId, via: 'cli', action: 'export', nowMs: await postgresClock(db)() })
      const name = `${one.captureId}-${one.kind}${path.extname(one.objectKey!)}`
      sums.push(`${await copyOut(objects, one, path.join(flags.out, name))}  ${name}`)
    }
    if (sums.length > 0) await writeSums(flags.out, sums)
    console.log(`${stored.length} files copied into ${flags.out}`)
    if (stored.length === flags.limit) console.log(`The first ${flags.limit}; --limit copies more.`)
  })
}

/** Copies under a passing name and compares length and hash with the row. Answers the hash. Throws if the object is not what was stored. */
export async function copyOut(objects: ObjectStore, one: Recording, file: string): Promise<string> {
  const source = await objects.open(one.objectKey!)
  if (source === undefined) throw new Error(`capture ${one.captureId} is not in the object store`)
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const passing = `${file}.part`
  try {
    await pipeline(source, hashing, createWriteStream(passing))
    const sha256 = hash.digest('hex')
    if (sha256 !== one.sha256?.toString('hex')) throw new Error(`capture ${one.captureId} is not what was stored`)
    await rename(passing, file)
    return sha256
  } finally {
    await rm(passing, { force: true })
  }
}

async function writeSums(folder: string, sums: readonly string[]): Promise<void> {
  const file = createWriteStream(path.join(folder, 'SHA256SUMS'))
  await pipeline([`${sums.join('\n')}\n`], file)
}

async function linkOne(captureId: number, flags: { readonly minutes: number }): Promise<void> {
  const config = loadConfig({ ...databaseSettings, ...storageSettings }, process.env, missingStorageSettings)
  const objects = await connecting(storeSettingNames(config), () => openStore(config))
  await withDatabase(config.DATABASE_URL, async (db) => {
    const [one] = await findRecordings(db, { captureId, state: 'stored', limit: 1 })
    if (one === undefined) throw new ConfigError([{ setting: '<capture>', problem: 'is not stored' }])
    const link = await objects.link(one.objectKey!, flags.minutes * 60)
    if (link === undefined) {
      throw new ConfigError([{ setting: 'S3_LINK_ENDPOINT', problem: 'is not set; the board plays files without it' }])
    }
    await noteAccess(db, { captureId, via: 'cli', action: 'link', nowMs: await postgresClock(db)() })
    console.log(link)
  })
}

async function setPolicy(flags: { readonly source: string; readonly set: RecordingPolicy }): Promise<void> {
  const { DATABASE_URL } = loadConfig(databaseSettings, process.env)
  await withDatabase(DATABASE_URL, async (db) => {
    const { dataSourceId } = await sourceOf(db, flags.source)
    await changeCustody(db, dataSourceId, { recordingPolicy: flags.set })
    console.log(`${flags.source} is set; it holds for tasks that are mapped from now on`)
  })
}

/** Throws a `ConfigError` that names `--source`. */
export async function sourceOf(db: Database, key: string) {
  const source = (await listSources(db)).find((one) => one.key === key)
  if (source === undefined) throw new ConfigError([{ setting: '--source', problem: 'is no source' }])
  return source
}
