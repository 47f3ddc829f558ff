import type { CaptureEntry, CaptureWishes } from '../../world.ts'
import { customerOf } from '../customer.ts'
import { randomFor, uuidFor } from '../random.ts'
import type { TaskScript } from '../script.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { spokenCall } from './spoken.ts'
import type { SpokenCall } from './spoken.ts'
import { digitalSource, legacyTranscript, versionedTranscript } from './transcript.ts'
import { legacyVoiceTranscript, vconTranscript } from './voice-transcript.ts'

type Item = CaptureEntry['transcription'][number]

/** Elements of `transcription[]` (webex-cc-api §4.2): of closed digital contacts, and of calls where the queue has the AI features. */
export function transcriptionItems(
  seed: number,
  task: TaskScript,
  asOfMs: number,
  wishes: CaptureWishes,
  settings: CaptureSettings,
): readonly Item[] {
  const call = spokenCall(task, settings.voiceTranscripts)
  if (call !== null) return isReady(call.readyAt, asOfMs) ? [voiceItem(seed, task, call, settings)] : []
  return isReady(task.transcriptAt, asOfMs) ? digitalItems(seed, task, wishes, settings) : []
}

const isReady = (at: number | null, asOfMs: number) => at !== null && at <= asOfMs

interface Head {
  readonly source: string
  readonly id: string
  readonly fileName: string
  readonly startMs: number
  readonly readyAt: number | null
}

function item({ source, id, fileName, startMs, readyAt }: Head, read: () => Buffer): Item {
  return {
    item: {
      Source: source,
      Provider: 'CISCO',
      id,
      fileName,
      // The vendor writes these two as text, unlike a recording's.
      startTime: String(startMs),
      createTime: String(readyAt),
      languageCode: 'en-US',
    },
    file: { fileName, contentType: 'application/json', read: () => Promise.resolve(read()) },
  }
}

/** Neither `source` nor file name tells the format any more (§4.4): vCon comes under its own names and under the old ones. */
function voiceItem(seed: number, task: TaskScript, call: SpokenCall, { voiceTranscripts }: CaptureSettings): Item {
  const random = randomFor(task.id, 'voice-transcript')
  const isVcon = voiceTranscripts === 'mixed' ? random.chance(0.5) : voiceTranscripts === 'vcon'
  const isRealtime = isVcon && random.chance(0.5)
  const head = {
    source: isRealtime ? 'realtime-voice' : 'recording',
    // A configuration's id: the same for all calls of one flow (§4.2).
    id: uuidFor(task.entryPoint.flow.id, 'transcription-configuration'),
    fileName: isRealtime ? 'realtimeVoiceTranscript.json' : 'voiceTranscript.json',
    startMs: call.start,
    readyAt: call.readyAt,
  }
  return item(head, () => (isVcon ? vconTranscript(seed, task, call) : legacyVoiceTranscript(call)))
}

function digitalItems(
  seed: number,
  task: TaskScript,
  wishes: CaptureWishes,
  settings: CaptureSettings,
): readonly Item[] {
  const source = digitalSource(task)
  const head = (fileName: string): Head => ({
    source,
    id: uuidFor(task.id, 'conversation'),
    fileName,
    startMs: task.createdTime,
    readyAt: task.transcriptAt,
  })
  const legacy = () => item(head(`${source}Transcript.json`), () => legacyTranscript(task, customerOf(seed, task)))
  const versioned = () =>
    item(head(`${source}Transcript.v1.json`), () => versionedTranscript(task, customerOf(seed, task)))
  if (wishes.allDigitalVersions) return [legacy(), versioned()]
  return [settings.digitalTranscripts === 'legacy' ? legacy() : versioned()]
}
