import type { CaptureEntry, CaptureWishes, TrueTurn } from '../../world.ts'
import type { TaskScript } from '../script.ts'
import { DEFAULT_CAPTURE_SETTINGS } from './capture-settings.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { capturedParts } from './captured-parts.ts'
import { recordingItems, screenItems } from './recording-items.ts'
import { spokenCall } from './spoken.ts'
import { isImage, messagesOf } from './transcript.ts'
import { transcriptionItems } from './transcription-items.ts'

export type { CaptureSettings } from './capture-settings.ts'

/** What may be downloaded of a world's contacts, and the turns it tells of. Both are read from the script; neither is read from the other. */
export interface Captures {
  /** What is listed at a moment (webex-cc-api §4.2). Audio is made when it is read and is not kept. */
  entry(task: TaskScript, asOfMs: number, wishes?: CaptureWishes): CaptureEntry
  /** Recordings, messages, attachments and spoken lines that whoever downloads everything knows of at that moment. */
  turns(task: TaskScript, asOfMs: number): TrueTurn[]
}

/** Stitched files of ended tasks with virtual agents, one transcript each. */
const UNLESS_SAID: CaptureWishes = {
  segments: false,
  virtualAgent: true,
  screens: false,
  allDigitalVersions: false,
  openTasks: false,
}

export function createCaptures(options: { readonly seed: number } & Partial<CaptureSettings>): Captures {
  const { seed, ...given } = options
  const settings = { ...DEFAULT_CAPTURE_SETTINGS, ...given }
  return {
    entry: (task, asOfMs, wishes = UNLESS_SAID) => ({
      taskId: task.id,
      recording: recordingItems(seed, task, asOfMs, wishes, settings),
      transcription: transcriptionItems(seed, task, asOfMs, wishes, settings),
      ...(wishes.screens ? { screenRecordings: screenItems(seed, task, asOfMs, settings) } : {}),
    }),
    turns(task, asOfMs) {
      const isReady = (at: number | null) => at !== null && at <= asOfMs
      const turn = (type: TrueTurn['type'], participant: TrueTurn['participant'], time: number): TrueTurn => ({
        taskId: task.id,
        type,
        participant,
        time,
      })
      const call = spokenCall(task, settings.voiceTranscripts)
      return [
        ...capturedParts(seed, task, settings)
          .filter((part) => isReady(part.readyAt))
          .map((part) => turn('Recording', 'Unknown', part.start)),
        ...(isReady(task.transcriptAt) ? messagesOf(task) : []).flatMap((message) => [
          turn('Message', message.from, message.time),
          ...(message.attachments ?? []).map((one) =>
            turn(isImage(one) ? 'Image' : 'File', message.from, message.time),
          ),
        ]),
        ...(call !== null && isReady(call.readyAt) ? call.lines : []).map((line) =>
          turn('Talk', line.from, line.start),
        ),
      ]
    },
  }
}
