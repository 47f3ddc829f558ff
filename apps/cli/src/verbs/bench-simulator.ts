import { fullTaskSelection } from '../bench/full-selection.ts'
import { type MeasuredSimulator, startMeasured } from '../bench/measured-simulator.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface SimulatorFlags {
  readonly seed: number
  readonly tasksPerMonth: number
  readonly months: number
  readonly short?: boolean
  readonly json?: string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The same world whenever it is measured. The clock stands a little later, so that the whole history has settled. */
const HISTORY_UNTIL = Date.parse('2026-11-20T00:00:00Z')
const CLOCK = HISTORY_UNTIL + 7 * DAY_MS

interface Walk {
  readonly tasks: number
  readonly bytes: number
  readonly cpuMs: number
  readonly seconds: number
  /** First page, for the baseline. */
  readonly sample: string
}

/** `wxcc bench simulator`: what the stand-in costs, so that nobody measures it instead of the pipeline. */
export async function benchSimulator(flags: SimulatorFlags): Promise<void> {
  const simulator = await startMeasured({
    SIM_SEED: String(flags.seed),
    SIM_TASKS_PER_MONTH: String(flags.tasksPerMonth),
    SIM_MONTHS: String(flags.months),
    SIM_CLOCK_SPEED: '0',
    SIM_CLOCK_START: new Date(CLOCK).toISOString(),
    SIM_HISTORY_UNTIL: new Date(HISTORY_UNTIL).toISOString(),
    SIM_RATE_LIMIT_PER_MINUTE: '1000000',
    SIM_INTROSPECTION: 'true',
  })
  try {
    const { csr, car } = await fullTaskSelection(simulator)
    const full = pagesOf(`${csr} ${car.replace(/^id /, '')}`)
    const ids = pagesOf('id')
    const stretchMs = flags.short ? HOUR_MS : DAY_MS
    const noon = HISTORY_UNTIL - 2 * DAY_MS + 10 * HOUR_MS

    // The first pages also pay for compiling; a benchmark begins after them.
    await walk(simulator, full, noon - 2 * HOUR_MS, noon - 1.5 * HOUR_MS)
    const served = await walk(simulator, full, noon, noon + (flags.short ? 4 : 8) * HOUR_MS)
    const thin = await thinMonth(simulator, ids, flags.short ? 2 : 30)
    let rssMb = await simulator.rssMb()
    for (let month = 0; month < flags.months; month++) {
      const from = HISTORY_UNTIL - (2 + month * 30) * DAY_MS + (flags.short ? 10 * HOUR_MS : 0)
      await walk(simulator, full, from, from + stretchMs)
      rssMb = Math.max(rssMb, await simulator.rssMb())
    }
    await report(flags, {
      startMs: simulator.startMs,
      tasksPerSecondPerCore: Math.round((served.tasks / served.cpuMs) * 1000),
      kilobytesPerTask: Math.round(served.bytes / served.tasks / 1000),
      stringifyTasksPerSecond: stringifySpeed(served),
      [flags.short ? 'thinTwoDaysSeconds' : 'thinMonthSeconds']: thin.seconds,
      [flags.short ? 'thinTwoDaysTasks' : 'thinMonthTasks']: thin.tasks,
      [flags.short ? 'rssMbAfterThirteenHours' : 'rssMbAfterThirteenDays']: rssMb,
    })
  } finally {
    await simulator.stop()
  }
}

const pagesOf = (selection: string) =>
  `query ($from: Long!, $to: Long!, $cursor: String) { taskDetails(from: $from, to: $to, pagination: { cursor: $cursor }) {
    tasks { ${selection} } pageInfo { hasNextPage endCursor } } }`

async function walk(simulator: MeasuredSimulator, query: string, from: number, to: number): Promise<Walk> {
  const cpuBefore = await simulator.cpuMs()
  const begunMs = performance.now()
  let tasks = 0
  let bytes = 0
  let sample = ''
  for (let cursor: string | undefined = 'NA'; cursor !== undefined;) {
    const page = await simulator.search(query, { from, to, cursor })
    sample ||= page.text
    bytes += page.bytes
    // Pages hold 250 but the last: that one is read.
    tasks += page.next === undefined ? rowsOf(page.text).length : 250
    cursor = page.next
  }
  const seconds = Math.round((performance.now() - begunMs) / 100) / 10
  return { tasks, bytes, cpuMs: (await simulator.cpuMs()) - cpuBefore, seconds, sample }
}

function rowsOf(text: string): readonly unknown[] {
  return (JSON.parse(text) as { data: { taskDetails: { tasks: readonly unknown[] } } }).data.taskDetails.tasks
}

/** Day by day, since one query never gives more than 100,000 tasks. */
async function thinMonth(simulator: MeasuredSimulator, query: string, days: number) {
  let seconds = 0
  let tasks = 0
  for (let day = 1; day <= days; day++) {
    const from = HISTORY_UNTIL - (day + 30) * DAY_MS
    const walked = await walk(simulator, query, from, from + DAY_MS)
    seconds += walked.seconds
    tasks += walked.tasks
  }
  return { seconds: Math.round(seconds * 10) / 10, tasks }
}

/** Baseline of the same run: tasks a second that JSON.stringify alone would print, were they all in memory. */
function stringifySpeed({ sample }: Walk): number {
  const rows = rowsOf(sample)
  const begunMs = performance.now()
  let rounds = 0
  while (rounds < 3 || performance.now() - begunMs < 500) {
    JSON.stringify(rows)
    rounds++
  }
  return Math.round((rows.length * rounds * 1000) / (performance.now() - begunMs))
}

async function report(flags: SimulatorFlags, figures: Readonly<Record<string, number>>): Promise<void> {
  console.log(
    table(
      ['figure', 'value'],
      Object.entries(figures).map(([name, value]) => [name, String(value)]),
    ),
  )
  if (flags.json !== undefined) await writeMeasured(flags.json, { ok: true, seed: flags.seed, figures })
}
