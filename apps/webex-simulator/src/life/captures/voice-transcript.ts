import { customerOf } from '../customer.ts'
import { uuidFor } from '../random.ts'
import type { TaskScript } from '../script.ts'
import type { SpokenCall, SpokenLine } from './spoken.ts'

const json = (value: object) => Buffer.from(JSON.stringify(value))

/**
 * `responseContents[].recognitionResult` with `role`, `alternatives` and words timed from the start of the call, one speaker's rows before the other's
 * (webex-cc-api §4.4). `end_time`, `confidence` and `is_final` are inferred.
 */
export function legacyVoiceTranscript({ start, lines }: SpokenCall): Buffer {
  const rows = (from: SpokenLine['from']) => lines.filter((line) => line.from === from)
  return json({
    responseContents: [...rows('Customer'), ...rows('Agent')].map((line) => ({
      recognitionResult: {
        role: line.from === 'Customer' ? 'CALLER' : 'AGENT',
        is_final: true,
        alternatives: [{ transcript: line.text, confidence: 0.94, words: wordsOf(line, start) }],
      },
    })),
  })
}

function wordsOf({ text, start, end }: SpokenLine, callStart: number): object[] {
  const words = text.split(' ')
  const eachMs = Math.floor((end - start) / words.length)
  return words.map((word, at) => {
    const from = start - callStart + at * eachMs
    return {
      word,
      start_time: offset(from),
      end_time: offset(at === words.length - 1 ? end - callStart : from + eachMs),
    }
  })
}

const offset = (ms: number) => ({ seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 })

/**
 * A vCon document (IETF draft 04; webex-cc-api §4.4). Members inside `parties` and `dialog` follow the draft, the vendor's own use is not public:
 * each line is a dialog of type `text` whose first party speaks.
 */
export function vconTranscript(seed: number, task: TaskScript, { readyAt, lines }: SpokenCall): Buffer {
  const customer = customerOf(seed, task)
  const agents = [...new Set(lines.flatMap(({ agent }) => agent ?? []))]
  return json({
    vcon: '0.0.4',
    uuid: uuidFor(task.id, 'vcon'),
    created_at: new Date(readyAt ?? task.createdTime).toISOString(),
    subject: task.id,
    parties: [
      { tel: customer.phoneNumber, name: customer.name, role: 'customer' },
      ...agents.map((agent) => ({ uuid: agent.ciUserId, name: agent.name, role: 'agent' })),
    ],
    dialog: lines.map((line) => {
      const speaker = line.agent === null ? 0 : agents.indexOf(line.agent) + 1
      return {
        type: 'text',
        start: new Date(line.start).toISOString(),
        duration: (line.end - line.start) / 1000,
        parties: [speaker],
        originator: speaker,
        mediatype: 'text/plain',
        encoding: 'none',
        body: line.text,
      }
    }),
  })
}
