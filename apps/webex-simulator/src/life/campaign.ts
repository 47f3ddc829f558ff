import { findStation } from './centre.ts'
import type { Centre } from './centre.ts'
import { converse } from './conversation.ts'
import { isEntirelyFree, occupy } from './floor.ts'
import type { Ending, TaskScript } from './script.ts'
import { beginLeg, endTask, step } from './tell.ts'

/**
 * The dialler calls; an agent comes in only when a person answers (golden vector G12, rulings 18 and 19: no Queue, no Menu, no Invitations). A live
 * voice that finds no agent free is abandoned.
 */
export function campaignCall(centre: Centre, task: TaskScript, now: number): void {
  const { random } = task
  const campaign = task.campaign!
  step(task, { kind: 'arrive', start: now, end: null })
  const dialledAt = now + random.between(10, 60)
  const station = findStation(centre, 'telephony', isEntirelyFree)
  if (campaign.cpa === 'LIVE_VOICE' && station === null) campaign.cpa = 'ABANDONED'
  step(task, { kind: 'dial-campaign', start: dialledAt, end: null })
  const ringMs = random.between(4000, campaign.cpa === 'NO_ANSWER' ? 30_000 : 15_000)
  if (campaign.cpa !== 'LIVE_VOICE' || station === null) {
    task.kinds.add(campaign.cpa === 'ABANDONED' ? 'campaign abandoned' : 'campaign unanswered')
    centre.events.plan(dialledAt + ringMs, (at) => endTask(task, at, ENDING_OF[campaign.cpa]))
    return
  }
  occupy(centre.floor, station, now, { state: 'dial-reserved', task })
  const leg = beginLeg(task, now, null)
  leg.seat = station.seat
  centre.events.plan(dialledAt + ringMs, (offeredAt) => {
    step(task, { kind: 'offer', start: offeredAt, end: null, seat: station.seat })
    occupy(centre.floor, station, offeredAt, { state: 'ringing', task })
    centre.events.plan(offeredAt + random.between(300, 1500), (at) => {
      task.kinds.add('campaign answered')
      leg.connectedAt = at
      converse(centre, task, station, at, { talk: task.plan.talk, leg })
    })
  })
}

const ENDING_OF: Readonly<Record<'LIVE_VOICE' | 'ABANDONED' | 'NO_ANSWER' | 'BUSY', Ending>> = {
  LIVE_VOICE: { type: 'normal', by: 'Customer', reason: 'Customer Left', abandoned: null },
  ABANDONED: { type: 'abandoned', by: 'Customer', reason: 'Customer Left', abandoned: 'queue' },
  NO_ANSWER: { type: 'normal', by: 'System', reason: 'NO_ANSWER_FROM_CUSTOMER', abandoned: null },
  BUSY: { type: 'normal', by: 'System', reason: 'CUSTOMER_BUSY', abandoned: null },
}
