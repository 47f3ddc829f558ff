import type { Beat, BeatKind } from './script.ts'
import { isOpenAt } from './render-activities.ts'

/** CSR measures by the formulas of webex-cc-api §7.1 over the steps the index knows; steps still open count, but have no duration yet. */
export function measure(beats: readonly Beat[], asOfMs: number) {
  const of = (...kinds: readonly BeatKind[]) => beats.filter((beat) => kinds.includes(beat.kind))
  const count = (...kinds: readonly BeatKind[]) => of(...kinds).length
  const sum = (...kinds: readonly BeatKind[]) =>
    of(...kinds).reduce((total, beat) => (isOpenAt(beat, asOfMs) ? total : total + beat.end! - beat.start), 0)
  const transfers = of('send-away', 'hand-over', 'send-to-queue')
  const consultCount = count('with-colleague')
  return {
    counters: {
      queueDuration: sum('wait'),
      ringingDuration: sum('offer'),
      connectedCount: count('talk'),
      connectedDuration: sum('talk', 'talk-again'),
      holdCount: count('hold'),
      holdDuration: sum('hold'),
      wrapupDuration: sum('after-work'),
      pausedCount: count('recording-pause'),
      pausedDuration: sum('recording-pause'),
      resumedCount: count('recording-resume'),
      consultCount,
      consultDuration: sum('with-colleague'),
      consultToQueueCount: 0,
      consultToQueueDuration: 0,
      conferenceCount: count('three-way'),
      conferenceDuration: sum('three-way'),
      transferCount: transfers.length,
      blindTransferCount: count('send-away', 'send-to-queue'),
      transferErrorCount: 0,
      agentToAgentTransferCount: transfers.filter((beat) => beat.toSeat !== undefined).length,
      agentToDnTransferCount: transfers.filter((beat) => beat.toNumber !== undefined).length,
      agentToEntrypointTransferCount: 0,
      agentToQueueTransferCount: count('send-to-queue'),
      agentTransferedInCount: transfers.filter((beat) => beat.toSeat !== undefined).length,
      recordingCount: count('recording-ready'),
      recordingErrorCount: 0,
    },
    waitedIn: (queueId: string) =>
      of('wait').reduce(
        (total, beat) =>
          beat.queue?.id === queueId && !isOpenAt(beat, asOfMs) ? total + beat.end! - beat.start : total,
        0,
      ),
  }
}
