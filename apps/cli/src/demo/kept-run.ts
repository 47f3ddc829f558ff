import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { floorToWindow } from '@wxcc/contracts/window'
import { ConfigError } from '@wxcc/runtime/load-config'
import { z } from 'zod'
import type { DemoOptions } from './demo-options.ts'

/** The vendor publishes late; the demo's planner waits this long after a quarter hour before it reads it. */
export const DEMO_SETTLE_MS = 60_000

const FILE = 'demo.json'

const keptRun = z.object({
  seed: z.number(),
  tasksPerDay: z.number(),
  days: z.number(),
  agents: z.number(),
  dataset: z.string().nullable(),
  /** What `--at` said at the first start; null, as in folders made before it was kept, = the moment itself. */
  askedAtMs: z.number().nullable().default(null),
  /** Where the simulated history ends, epoch ms; later runs over the same folder play the same world. */
  historyUntilMs: z.number(),
  /** The simulated clock at the first start, and the real moment of it: later runs go on from there. */
  clockStartMs: z.number(),
  firstStartedMs: z.number(),
  secretsKey: z.string(),
  contactKey: z.string(),
  dashboardPassword: z.string(),
})

/** What must stay the same between runs over one data folder. Holds secrets of the demo only; the file is readable by its owner. */
export type KeptRun = z.infer<typeof keptRun>

/** Reads the folder's run, or begins one. Throws a `ConfigError` when the options ask for another world than the folder holds. */
export async function openRun(folder: string, options: DemoOptions, nowMs: number): Promise<KeptRun> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, FILE)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) {
    const run = beginRun(options, nowMs)
    await writeFile(file, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 })
    return run
  }
  const run = readRun(text)
  for (const name of ['seed', 'tasksPerDay', 'days', 'agents'] as const) {
    if (run[name] !== options[name]) throw otherWorld(name, run[name], options[name])
  }
  if (options.atMs !== undefined && run.askedAtMs !== options.atMs) {
    throw otherWorld('at', isoOrNow(run.askedAtMs), isoOrNow(options.atMs))
  }
  if (run.dataset !== (options.dataset ?? null))
    throw otherWorld('dataset', run.dataset ?? 'none', options.dataset ?? 'none')
  return run
}

function readRun(text: string): KeptRun {
  try {
    return keptRun.parse(JSON.parse(text))
  } catch {
    throw new ConfigError([{ setting: '--data', problem: `holds a ${FILE} that this version cannot read` }])
  }
}

function beginRun(options: DemoOptions, nowMs: number): KeptRun {
  const clockStartMs = options.atMs ?? nowMs
  return {
    seed: options.seed,
    tasksPerDay: options.tasksPerDay,
    days: options.days,
    agents: options.agents,
    dataset: options.dataset ?? null,
    askedAtMs: options.atMs ?? null,
    historyUntilMs: floorToWindow(clockStartMs - DEMO_SETTLE_MS),
    clockStartMs: Math.max(clockStartMs, floorToWindow(clockStartMs - DEMO_SETTLE_MS) + DEMO_SETTLE_MS),
    firstStartedMs: nowMs,
    secretsKey: randomBytes(32).toString('base64'),
    // Contact ids hang on it: the same seed gives the same rows on every machine.
    contactKey: Buffer.from(`demo contact key, seed ${options.seed}`.padEnd(32, '.').slice(0, 32)).toString('base64'),
    dashboardPassword: randomBytes(9).toString('base64url'),
  }
}

/** The simulated clock's start for this run: the first start plus the real time that has passed since. */
export function clockStart(run: KeptRun, nowMs: number): number {
  return run.clockStartMs + Math.max(0, nowMs - run.firstStartedMs)
}

function otherWorld(name: string, kept: string | number, asked: string | number): ConfigError {
  return new ConfigError([
    { setting: '--data', problem: `holds a run with ${name} ${kept}, but ${asked} was asked for; use another folder` },
  ])
}

function isoOrNow(atMs: number | null): string {
  return atMs === null ? 'now' : new Date(atMs).toISOString()
}
