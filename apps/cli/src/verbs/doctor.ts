import { type Finding, bad, good, skipped } from '@wxcc/connection/check'
import { checkPostgres, checkRedisSettings, checkStore } from '@wxcc/connection/check-places'
import { checkSource } from '@wxcc/connection/check-source'
import { describeLearned } from '@wxcc/connection/learn/describe-learned'
import { learnSource } from '@wxcc/connection/learn/learn-source'
import { checkSealingKey } from '@wxcc/db/check-sealing-key'
import { type Database, connectDatabase } from '@wxcc/db/connect'
import { type Source, listSources } from '@wxcc/db/data-source'
import { type Learned, readLearned } from '@wxcc/db/learned'
import { postgresClock } from '@wxcc/db/postgres-clock'
import type { SealingKey } from '@wxcc/db/seal'
import { databaseSettings, sealingSettings } from '@wxcc/db/settings'
import { queueSettings } from '@wxcc/queue/connection'
import { connecting } from '@wxcc/runtime/connecting'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { missingStorageSettings, storageSettings } from '@wxcc/storage/open-store'
import { Command } from 'commander'
import { whole } from '../option-parsers.ts'
import { table } from '../table.ts'

interface Flags {
  readonly source?: string
  readonly learn?: boolean
  readonly watch: number
  readonly json?: boolean
}

/** `wxcc doctor`: everything a pipeline needs, tried. Exit 1 when something is bad. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('try everything the pipeline needs, and say what to do about what does not work')
    .option('--source <key>', 'only this source’s organisation; without it all of them')
    .option(
      '--learn',
      'also measure what no documentation says (some thirty requests a source), and keep it for the source',
    )
    .option('--watch <seconds>', 'with --learn: how long new records are watched for', whole(1), 120)
    .option('--json', 'print as JSON')
    .action(async (flags: Flags) => {
      const config = loadConfig(
        { ...databaseSettings, ...sealingSettings, ...queueSettings, ...storageSettings },
        process.env,
        missingStorageSettings,
      )
      const db = connectDatabase({ url: config.DATABASE_URL, applicationName: 'wxcc-doctor', poolSize: 2 })
      try {
        const places = [
          ...(await connecting('DATABASE_URL', () => checkPostgres(db))),
          ...(await checkRedisSettings(config.REDIS_URL)),
          ...(await checkStore(config)),
        ]
        const isUsable = places.every(({ check, verdict }) => check !== 'Postgres schema' || verdict !== 'bad')
        const sources = isUsable ? await checkSources(db, config.SECRETS_KEY, flags) : []
        report([{ of: 'Here', findings: places }, ...sources], flags.json === true)
      } finally {
        await db.destroy()
      }
    })
}

interface Part {
  /** `Here`, or the key of a source. */
  readonly of: string
  readonly findings: readonly Finding[]
}

async function checkSources(db: Database, key: SealingKey, flags: Flags): Promise<Part[]> {
  const only = flags.source
  const sources = (await listSources(db)).filter((source) => only === undefined || source.key === only)
  if (only !== undefined && sources.length === 0)
    throw new ConfigError([{ setting: '--source', problem: 'is no source' }])
  const opens = await checkSealingKey(db, key).then(
    () => good('SECRETS_KEY', 'opens the stored credentials'),
    () =>
      bad('SECRETS_KEY', 'is not the one that sealed them', 'use that one, or connect the sources again: wxcc connect'),
  )
  const parts: Part[] = []
  for (const source of sources) {
    const vendor = opens.verdict === 'good' ? await checkSource(db, key, source) : [skipped('Access token', 'sealed')]
    const isWell = [opens, ...vendor].every(({ verdict }) => verdict !== 'bad')
    const learned = isWell && flags.learn === true ? await learn(db, key, source, flags.watch * 1_000) : undefined
    const known = learned ?? (await readLearned(db, source.dataSourceId))
    const facts = known === null ? [] : describeLearned(source, known)
    parts.push({ of: source.key, findings: [opens, ...vendor, ...facts] })
  }
  return parts
}

/** Real time between two looks at the newest records: what is learned is as exact as this. */
const LOOK_EVERY_MS = 5_000

function learn(db: Database, key: SealingKey, source: Source, watchMs: number): Promise<Learned> {
  console.error(`${source.key}: watching for ${watchMs / 1_000} s how late new records show`)
  return learnSource(db, key, source, { now: postgresClock(db), watchMs, pauseMs: LOOK_EVERY_MS })
}

const SIGNS = { good: 'ok', warn: 'look', bad: 'BAD', skipped: '-' } as const

/** Prints the table; sets exit code 1 when something is bad. */
export function report(parts: readonly Part[], asJson: boolean): void {
  const rows = parts.flatMap(({ of, findings }) => findings.map((finding) => ({ of, ...finding })))
  const isBad = rows.some(({ verdict }) => verdict === 'bad')
  if (asJson) console.log(JSON.stringify({ ok: !isBad, findings: rows }, null, 2))
  else {
    console.log(
      table(
        ['Check', 'Of', 'Verdict', 'Found'],
        rows.map(({ check, of, verdict, found }) => [check, of, SIGNS[verdict], found]),
      ),
    )
    const advised = rows.filter(({ advice }) => advice !== undefined)
    if (advised.length > 0)
      console.log(`\n${advised.map(({ check, of, advice }) => `${of}, ${check}: ${advice}`).join('\n')}`)
    console.log(isBad ? '\nSomething is bad.' : '\nNothing is bad.')
  }
  if (isBad) process.exitCode = 1
}
