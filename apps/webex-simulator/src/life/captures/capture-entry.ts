import type { CaptureEntry } from '../../world.ts'
import { customerOf } from '../customer.ts'
import { uuidFor } from '../random.ts'
import type { RecordedPart, TaskScript } from '../script.ts'
import { renderTranscript } from './transcript.ts'
import { makeWav } from './wav.ts'

/** What may be downloaded of a contact at this moment: webex-cc-api §4.2. Audio is made when it is read and is not kept. */
export function captureEntry(seed: number, task: TaskScript, asOfMs: number): CaptureEntry {
  const isReady = (at: number | null) => at !== null && at <= asOfMs
  const parts = task.recordings.filter((part) => isReady(part.readyAt))
  return {
    taskId: task.id,
    recording: parts.map((part, position) => recording(seed, task, part, position)),
    transcription: isReady(task.transcriptAt) ? [transcription(seed, task)] : [],
  }
}

function recording(
  seed: number,
  task: TaskScript,
  part: RecordedPart,
  position: number,
): CaptureEntry['recording'][number] {
  const id = uuidFor(task.id, 'recording', position)
  const fileName = `recording-${position + 1}.wav`
  const speakers = [
    ...new Set(
      task.beats
        .filter((beat) => beat.kind === 'talk' && beat.start <= part.start)
        .flatMap((beat) => beat.seat?.agent.ciUserId ?? []),
    ),
  ]
  return {
    item: {
      id,
      segment: false,
      attributes: {
        fileName,
        startTime: part.start,
        stopTime: part.stop,
        participants: [...speakers, masked(customerOf(seed, task).phoneNumber)],
        channel1: task.isOutdial ? 'Agent' : 'Caller',
        channel2: task.isOutdial ? 'Caller' : 'Agent',
        callType: 'main',
        sensitive: false,
      },
    },
    file: { fileName, contentType: 'audio/wav', read: () => Promise.resolve(makeWav(id, part.stop - part.start)) },
  }
}

function transcription(seed: number, task: TaskScript): CaptureEntry['transcription'][number] {
  const fileName = 'chatTranscript.json'
  return {
    item: {
      Source: 'digital',
      Provider: 'CISCO',
      id: uuidFor(task.id, 'conversation'),
      fileName,
      // The vendor writes these two as text, unlike a recording's.
      startTime: String(task.createdTime),
      createTime: String(task.transcriptAt),
      languageCode: 'en-US',
    },
    file: {
      fileName,
      contentType: 'application/json',
      read: () => Promise.resolve(renderTranscript(task, customerOf(seed, task))),
    },
  }
}

/** As in the documented example: the first digits and the last four. */
const masked = (phoneNumber: string) => `${phoneNumber.slice(0, 4)}****${phoneNumber.slice(-4)}`
