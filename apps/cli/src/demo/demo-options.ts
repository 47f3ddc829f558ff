/** Tenants that the simulator can be: what the vendor leaves open, decided one way or another (its README lists them). */
export const PERSONAS = ['documented', 'exclusive-edges', 'lagging-index', 'still-wrap-up', 'rotating-tokens'] as const
export type Persona = (typeof PERSONAS)[number]

/** What `wxcc demo` was asked for; defaults are the command's. */
export interface DemoOptions {
  readonly once: boolean
  readonly seed: number
  readonly tasksPerDay: number
  readonly days: number
  readonly agents: number
  /** How many of every worker. */
  readonly workers: number
  /** The moment the simulated clock starts at, epoch ms; the present when undefined. */
  readonly atMs: number | undefined
  /** Keeps the data here between runs; a temporary folder when undefined. */
  readonly dataDir: string | undefined
  /** A recorded dataset instead of the generated world. */
  readonly dataset: string | undefined
  /** Which tenant the simulated vendor is. */
  readonly persona: Persona
  /** Task rows the simulated vendor counts but never delivers. */
  readonly dropRows: number
  /** Uses the Redis from npm although a real one is there. */
  readonly npmRedis: boolean
  /** How long a silent worker keeps what it claimed. */
  readonly leaseMs: number
}

/** What the command does without switches. */
export const DEMO_DEFAULTS: DemoOptions = {
  once: false,
  seed: 1,
  tasksPerDay: 2_000,
  days: 1,
  agents: 40,
  workers: 1,
  atMs: undefined,
  dataDir: undefined,
  dataset: undefined,
  persona: 'documented',
  dropRows: 0,
  npmRedis: false,
  leaseMs: 15_000,
}
