import type { CaptureEntry, CaptureWishes } from '../../world.ts'
import { uuidFor } from '../random.ts'
import type { TaskScript } from '../script.ts'
import type { CaptureSettings } from './capture-settings.ts'
import { capturedParts } from './captured-parts.ts'
import type { CapturedPart } from './captured-parts.ts'
import { makeScreenVideo } from './screen-video.ts'
import { cutWav, makeWav } from './wav.ts'

type Item = CaptureEntry['recording'][number]

/** What is listed of one part: all of it once it is ready, what there is so far while the contact is open and that is asked for. */
interface ListedPart extends CapturedPart {
  /** Ms from the begin of the part, when only a piece of it is listed. */
  readonly piece?: { readonly fromMs: number; readonly toMs: number; readonly ordinal: number }
}

/** Elements of `recording[]` (webex-cc-api §4.2). */
export function recordingItems(
  seed: number,
  task: TaskScript,
  asOfMs: number,
  wishes: CaptureWishes,
  settings: CaptureSettings,
): readonly Item[] {
  return listedParts(seed, task, asOfMs, wishes, settings)
    .flatMap((part) => (wishes.segments && part.callType === 'main' ? segmentsOf(part) : [part]))
    .map(recordingItem)
}

function listedParts(
  seed: number,
  task: TaskScript,
  asOfMs: number,
  wishes: CaptureWishes,
  settings: CaptureSettings,
): readonly CapturedPart[] {
  const isOpen = task.endedTime === null || task.endedTime > asOfMs
  return capturedParts(seed, task, settings)
    .filter((part) => part.callType !== 'va-main' || wishes.virtualAgent)
    .flatMap((part) => {
      if (part.readyAt !== null && part.readyAt <= asOfMs) return [part]
      if (!wishes.openTasks || !isOpen || part.start >= asOfMs || task.plan.isRecordingLost) return []
      return [{ ...part, stop: Math.min(part.stop, asOfMs) }]
    })
}

/** The stitched file's pieces: cut in the middle of what is long enough, so that putting them together gives the file again. */
function segmentsOf(part: CapturedPart): readonly ListedPart[] {
  const lengthMs = part.stop - part.start
  const cuts = lengthMs > 2500 ? [0, Math.floor(lengthMs / 2), lengthMs] : [0, lengthMs]
  return cuts.slice(1).map((toMs, ordinal) => ({
    ...part,
    fileName: part.fileName.replace('.wav', `-segment-${ordinal + 1}.wav`),
    piece: { fromMs: cuts[ordinal]!, toMs, ordinal },
  }))
}

function recordingItem({ piece, ...part }: ListedPart): Item {
  const { id, fileName, start, stop, participants, channel1, channel2, callType, isSensitive, isMono } = part
  const whole = () => makeWav(id, stop - start, isMono ? 1 : 2)
  return {
    item: {
      id: piece === undefined ? id : uuidFor(id, 'segment', piece.ordinal),
      segment: piece !== undefined,
      attributes: {
        fileName,
        startTime: start + (piece?.fromMs ?? 0),
        stopTime: piece === undefined ? stop : start + piece.toMs,
        participants,
        channel1,
        channel2,
        callType,
        sensitive: isSensitive,
      },
    },
    file: {
      fileName,
      contentType: 'audio/wav',
      read: () => Promise.resolve(piece === undefined ? whole() : cutWav(whole(), piece.fromMs, piece.toMs)),
    },
  }
}

/** Elements of `screenRecordings[]` (webex-cc-api §4.2): one for each agent who talked while a recording ran. */
export function screenItems(
  seed: number,
  task: TaskScript,
  asOfMs: number,
  settings: CaptureSettings,
): readonly Item[] {
  const parts = capturedParts(seed, task, settings).filter(
    ({ callType, readyAt }) => callType === 'main' && readyAt !== null && readyAt <= asOfMs,
  )
  return parts.flatMap((part) => {
    const talk = task.beats.findLast(({ kind, start }) => kind === 'talk' && start <= part.start)
    const agentId = talk?.seat?.agent.id
    if (agentId === undefined) return []
    const id = uuidFor(part.id, 'screen', agentId)
    const fileName = part.fileName.replace('recording', 'screen-recording').replace('.wav', '.mp4')
    const attributes = { fileName, startTime: part.start, stopTime: part.stop, agentId, screenId: '1' }
    return [
      {
        item: { id, attributes },
        file: { fileName, contentType: 'video/mp4', read: () => Promise.resolve(makeScreenVideo(id)) },
      },
    ]
  })
}
