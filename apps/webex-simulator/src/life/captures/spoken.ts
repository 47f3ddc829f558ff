import { DEFAULT_CAPTURE_SETTINGS } from './capture-settings.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { randomFor } from '../random.ts'
import type { Agent } from '../org.ts'
import type { TaskScript } from '../script.ts'

/** One thing said on a call. Times are epoch ms. */
export interface SpokenLine {
  readonly start: number
  readonly end: number
  readonly from: 'Customer' | 'Agent'
  readonly agent: Agent | null
  readonly text: string
}

/** What a voice transcript tells of a call, human agents and customer only (webex-cc-api §4.4). */
export interface SpokenCall {
  /** Begin of the first conversation, from which words are timed; epoch ms. */
  readonly start: number
  /** Ready with the last recording; null while nobody knows. */
  readonly readyAt: number | null
  readonly lines: readonly SpokenLine[]
}

const AGENT_LINES = [
  'thank you for calling how can I help you',
  'let me open your contract for a moment',
  'I can see the letter from last month',
  'would you like me to send that again',
  'that is done now is there anything else',
  'I understand let me check with the other team',
]
const CUSTOMER_LINES = [
  'hello I have a question about my contract',
  'yes that is the one I mean',
  'no I have not received it so far',
  'could you explain the second line please',
  'that helps a lot thank you',
  'I would like to change the date',
]
/** Long calls would make long files: enough to read, few enough to keep a day small. */
const MOST_LINES = 24
const MS_PER_WORD = 320

/** Lines are transcribed where the queue has the AI features for it: those of one skill, so that most calls of a day have none. */
const TRANSCRIBED_SKILL = 'Technical'

export function isTranscribedQueue(queue: { readonly skill: string; readonly channel: string }): boolean {
  return queue.channel === 'telephony' && queue.skill === TRANSCRIBED_SKILL
}

/** Null for contacts that have no voice transcript and never will. Always the same for the same script. */
export function spokenCall(task: TaskScript, form: CaptureSettings['voiceTranscripts']): SpokenCall | null {
  if (form === 'none' || task.channel !== 'telephony' || task.recordings.length === 0) return null
  const talks = task.beats.filter(({ kind }) => kind === 'talk' || kind === 'talk-again')
  const [first] = talks
  const queue = talks.find((talk) => talk.queue !== undefined)?.queue
  if (first === undefined || queue === undefined || !isTranscribedQueue(queue)) return null
  const readyAt = task.recordings.at(-1)?.readyAt ?? null
  return { start: first.start, readyAt, lines: readyAt === null ? [] : linesOf(task) }
}

/** Whether the record says `isTranscriptionAvailable` for a call. */
export function hasVoiceTranscript(
  task: TaskScript,
  asOfMs: number,
  form: CaptureSettings['voiceTranscripts'] = DEFAULT_CAPTURE_SETTINGS.voiceTranscripts,
): boolean {
  const readyAt = spokenCall(task, form)?.readyAt ?? null
  return readyAt !== null && readyAt <= asOfMs
}

function linesOf(task: TaskScript): readonly SpokenLine[] {
  const random = randomFor(task.id, 'spoken')
  const lines: SpokenLine[] = []
  let from: SpokenLine['from'] = 'Agent'
  for (const { kind, start, end, seat } of task.beats) {
    if ((kind !== 'talk' && kind !== 'talk-again') || end === null) continue
    let at = start + random.between(200, 900)
    while (lines.length < MOST_LINES) {
      const text = random.pick(from === 'Agent' ? AGENT_LINES : CUSTOMER_LINES)
      const stop = at + text.split(' ').length * MS_PER_WORD
      if (stop > end) break
      lines.push({ start: at, end: stop, from, agent: from === 'Agent' ? (seat?.agent ?? null) : null, text })
      from = from === 'Agent' ? 'Customer' : 'Agent'
      at = stop + random.between(300, 6000)
    }
  }
  return lines.toSorted((a, b) => a.start - b.start)
}
