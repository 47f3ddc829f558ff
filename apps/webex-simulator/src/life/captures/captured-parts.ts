import { customerOf } from '../customer.ts'
import { randomFor, uuidFor } from '../random.ts'
import type { Beat, TaskScript } from '../script.ts'
import type { CaptureSettings } from './capture-settings.ts'

/** One audio file of a contact as the script knows it. Times are epoch ms. */
export interface CapturedPart {
  readonly id: string
  readonly fileName: string
  readonly start: number
  readonly stop: number
  /** When the file can be asked for; null while nobody knows. */
  readonly readyAt: number | null
  readonly callType: 'main' | 'consult' | 'va-main'
  readonly channel1: 'Caller' | 'Agent' | 'VA'
  readonly channel2: 'Caller' | 'Agent' | 'VA' | 'Others'
  /** CI user ids of agents, the id of a virtual agent, the customer's masked number. */
  readonly participants: readonly string[]
  readonly isSensitive: boolean
  /** Both voices on one channel. */
  readonly isMono: boolean
}

/** How much later than counted a late file can be asked for. */
const LATE_MS = { least: 10 * 60_000, most: 20 * 3_600_000 }
/** Too short to be recorded. */
const SHORTEST_MS = 500

/** As in the documented example: the first digits and the last four. */
const masked = (phoneNumber: string) => `${phoneNumber.slice(0, 4)}****${phoneNumber.slice(-4)}`

/**
 * Everything that was recorded of a contact: the main recordings, and beside them what two agents said while the customer waited and what the customer
 * said to a virtual agent (webex-cc-api §4.2). The latter two are as short as the main ones and ready with the last of these.
 */
export function capturedParts(
  seed: number,
  task: TaskScript,
  { lateRecordings, monoRecordings }: Pick<CaptureSettings, 'lateRecordings' | 'monoRecordings'>,
): readonly CapturedPart[] {
  const main = mainParts(seed, task)
  const readyAt = main.at(-1)?.readyAt ?? null
  if (main.length === 0) return []
  // Streams of their own, so that these settings move nothing else of the world.
  const late = randomFor(task.id, 'late recordings')
  const lateMs = late.chance(lateRecordings) ? late.between(LATE_MS.least, LATE_MS.most) : 0
  return [...main, ...consultParts(task, readyAt), ...virtualAgentParts(seed, task, readyAt)].map((part) => ({
    ...part,
    readyAt: part.readyAt === null ? null : part.readyAt + lateMs,
    isMono: randomFor(part.id, 'mono').chance(monoRecordings),
  }))
}

type PartOfScript = Omit<CapturedPart, 'isMono'>

function mainParts(seed: number, task: TaskScript): readonly PartOfScript[] {
  if (task.recordings.length === 0) return []
  const customer = masked(customerOf(seed, task).phoneNumber)
  return task.recordings.map(({ start, stop, readyAt }, position) => {
    const speakers = [
      ...new Set(
        task.beats
          .filter((beat) => beat.kind === 'talk' && beat.start <= start)
          .flatMap((beat) => beat.seat?.agent.ciUserId ?? []),
      ),
    ]
    const [channel1, channel2] = task.isOutdial ? (['Agent', 'Caller'] as const) : (['Caller', 'Agent'] as const)
    return {
      id: uuidFor(task.id, 'recording', position),
      fileName: `recording-${position + 1}.wav`,
      start,
      stop,
      readyAt,
      callType: 'main',
      channel1,
      channel2: speakers.length > 1 ? 'Others' : channel2,
      participants: [...speakers, customer],
      isSensitive: false,
    }
  })
}

function consultParts(task: TaskScript, readyAt: number | null): readonly PartOfScript[] {
  return task.beats
    .flatMap((beat) => consultOf(task, beat))
    .map(({ start, end, participants }, position) => ({
      id: uuidFor(task.id, 'consult-recording', position),
      fileName: `consult-recording-${position + 1}.wav`,
      ...shortPart(task, `consult ${position}`, start, end),
      readyAt,
      callType: 'consult',
      channel1: 'Agent',
      channel2: 'Agent',
      participants,
      isSensitive: false,
    }))
}

/** A consult that somebody answered: a colleague, one behind an entry point (who is in the child contact), or an outside number. */
function consultOf(task: TaskScript, { kind, start, end, seat, toSeat, toNumber, childId }: Beat) {
  if (kind !== 'with-colleague' || end === null || seat === undefined) return []
  const asker = seat.agent.ciUserId
  if (toSeat !== undefined) return [{ start, end, participants: [asker, toSeat.agent.ciUserId] }]
  if (toNumber !== undefined) return [{ start, end, participants: [asker, masked(toNumber)] }]
  const talk = task.beats.find((beat) => beat.kind === 'child-talk' && beat.childId === childId)
  if (talk?.seat === undefined || talk.end === null) return []
  return [{ start: talk.start, end: talk.end, participants: [asker, talk.seat.agent.ciUserId] }]
}

/** `sensitive` concerns virtual agents' recordings only (§4.2); which are is drawn. */
function virtualAgentParts(seed: number, task: TaskScript, readyAt: number | null): readonly PartOfScript[] {
  const bot = botStretch(task)
  if (bot === null) return []
  return [
    {
      id: uuidFor(task.id, 'va-recording'),
      fileName: 'va-recording-1.wav',
      ...shortPart(task, 'va', bot.start, bot.end),
      readyAt,
      callType: 'va-main',
      channel1: 'Caller',
      channel2: 'VA',
      participants: [bot.botId, masked(customerOf(seed, task).phoneNumber)],
      isSensitive: randomFor(task.id, 'sensitive').chance(0.2),
    },
  ]
}

/** Time the customer of a call spent with a virtual agent, if any. */
function botStretch({ bot, facts, entryPoint }: TaskScript) {
  const fact = bot === null ? undefined : facts.find(({ type }) => type === 'Bot')
  if (fact === undefined || fact.endTime === null || fact.endTime - fact.startTime < SHORTEST_MS) return null
  return { start: fact.startTime, end: fact.endTime, botId: uuidFor(entryPoint.flow.id, 'virtual-agent') }
}

/** Some seconds from the beginning, so that a day's audio stays small. */
function shortPart(task: TaskScript, name: string, start: number, end: number) {
  return { start, stop: Math.min(end, start + randomFor(task.id, 'part', name).between(1500, 3000)) }
}
