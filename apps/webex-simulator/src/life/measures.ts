import type { Beat, BeatKind, TaskScript } from './script.ts'
import { isOpenAt } from './render-activities.ts'

/** How often each kind of step occurred, and for how long; steps still open count, but have no duration yet. */
export interface Tally {
  readonly count: (kind: BeatKind) => number
  /** ms */
  readonly sum: (kind: BeatKind) => number
}

/** One look at each step that the index knows. */
export function tally(beats: readonly Beat[], asOfMs: number): Tally {
  const counts = new Map<BeatKind, number>()
  const sums = new Map<BeatKind, number>()
  for (const beat of beats) {
    counts.set(beat.kind, (counts.get(beat.kind) ?? 0) + 1)
    if (!isOpenAt(beat, asOfMs)) sums.set(beat.kind, (sums.get(beat.kind) ?? 0) + beat.end! - beat.start)
  }
  return { count: (kind) => counts.get(kind) ?? 0, sum: (kind) => sums.get(kind) ?? 0 }
}

/** Consults and transfers by what they were directed at. */
function directions(beats: readonly Beat[], asOfMs: number) {
  const found = {
    consults: 0,
    consultMs: 0,
    toQueues: 0,
    toQueueMs: 0,
    toEntryPoints: 0,
    toEntryPointMs: 0,
    transfers: 0,
    blind: 0,
    toAgents: 0,
    toNumbers: 0,
    toDoors: 0,
    toOtherQueues: 0,
  }
  for (const beat of beats) {
    const ms = isOpenAt(beat, asOfMs) ? 0 : beat.end! - beat.start
    switch (beat.kind) {
      case 'with-colleague':
        found.consults++
        found.consultMs += ms
        if (beat.toEntryPoint !== undefined) {
          found.toEntryPoints++
          found.toEntryPointMs += ms
        }
        break
      case 'queue-colleague':
        found.toQueues++
        found.toQueueMs += ms
        break
      case 'send-away':
      case 'hand-over':
      case 'send-to-queue':
        found.transfers++
        if (beat.kind !== 'hand-over') found.blind++
        if (beat.toSeat !== undefined) found.toAgents++
        if (beat.toNumber !== undefined) found.toNumbers++
        if (beat.toEntryPoint !== undefined) found.toDoors++
        if (beat.kind === 'send-to-queue') found.toOtherQueues++
        break
      default:
    }
  }
  return found
}

/** CSR measures by the formulas of webex-cc-api §7.1 over the steps the index knows. All durations in ms. */
export function measure(task: TaskScript, beats: readonly Beat[], asOfMs: number) {
  const { count, sum } = tally(beats, asOfMs)
  const to = directions(beats, asOfMs)
  const outdial = <T>(value: T, none: T) => (task.isOutdial ? value : none)
  const { monitoring } = task
  const isMonitored = monitoring !== null && monitoring.start <= asOfMs
  const isBarged = isMonitored && monitoring.kind === 'barge-in'
  const isKind = (kind: string) => (isMonitored && monitoring.kind === kind ? 1 : 0)
  return {
    queueDuration: sum('wait') + sum('child-wait'),
    ringingDuration: sum('offer') + sum('child-offer'),
    connectedCount: count('talk') + count('child-talk'),
    connectedDuration: sum('talk') + sum('talk-again') + sum('child-talk'),
    holdCount: count('hold'),
    holdDuration: sum('hold'),
    wrapupDuration: sum('after-work'),
    pausedCount: count('recording-pause'),
    pausedDuration: sum('recording-pause'),
    resumedCount: count('recording-resume'),
    consultCount: to.consults,
    consultDuration: to.consultMs,
    consultToQueueCount: to.toQueues,
    consultToQueueDuration: to.toQueueMs,
    consultToEPCount: to.toEntryPoints,
    consultToEPDuration: to.toEntryPointMs,
    outdialConsultCount: outdial(to.consults, 0),
    outdialConsultToQueueCount: outdial(to.toQueues, 0),
    outdialConsultToQueueDuration: outdial(to.toQueueMs, 0),
    outdialConsultToEPCount: outdial(to.toEntryPoints, 0),
    outdialConsultToEPDuration: outdial(to.toEntryPointMs, 0),
    conferenceCount: count('three-way'),
    conferenceDuration: sum('three-way'),
    transferCount: to.transfers,
    blindTransferCount: to.blind,
    transferErrorCount: 0,
    agentToAgentTransferCount: to.toAgents,
    agentToDnTransferCount: to.toNumbers,
    agentToEntrypointTransferCount: to.toDoors,
    agentToQueueTransferCount: to.toOtherQueues,
    agentTransferedInCount: to.toAgents,
    chainedInToEPCount: to.toDoors,
    chainedInToQueueCount: to.toOtherQueues,
    epTransferToEPCount: 0,
    queueTransferToEPCount: to.toDoors,
    queueTransferToQueueCount: to.toOtherQueues,
    transferInToEPCount: to.toDoors,
    recordingCount: count('recording-ready'),
    recordingErrorCount: 0,
    isMonitored,
    monitorFullName: isMonitored ? monitoring.supervisor.name : null,
    monitoringTimestamp: isMonitored ? monitoring.start : null,
    totalMonitoringCount: isMonitored ? 1 : 0,
    fullMonitoringCount: isKind('barge-in'),
    midcallMonitoringCount: isKind('midcall'),
    silentMonitoringCount: isKind('silent'),
    isBarged,
    bargedInCount: isBarged ? 1 : 0,
    bargedInFailedCount: 0,
    bargedInDuration: isBarged && monitoring.end <= asOfMs ? monitoring.end - monitoring.start : 0,
    totalBnrDuration: 0,
  }
}
