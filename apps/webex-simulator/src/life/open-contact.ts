import { arrivalKey } from './arrivals.ts'
import type { Arrival } from './arrivals.ts'
import { campaignCall } from './campaign.ts'
import type { Centre } from './centre.ts'
import { requestCallback } from './callback.ts'
import { planContact } from './contact-plan.ts'
import type { ContactPlan } from './contact-plan.ts'
import { beginMail, openMessages } from './messages.ts'
import { outdial } from './outdial.ts'
import { enterQueue } from './queueing.ts'
import type { WaitingRoom } from './queueing.ts'
import { randomFor } from './random.ts'
import type { Random } from './random.ts'
import type { Campaign, Mail, TaskScript } from './script.ts'
import { beginMenu, beginTask, endTask, step, tellFlow } from './tell.ts'

interface Opening {
  readonly id: string
  /** Share of contacts whose recording never appears, 0 to 1. */
  readonly lostRecordings: number
}

const CAMPAIGNS = ['Renewals', 'Satisfaction calls'] as const
const SOCIAL_KINDS = ['WhatsApp', 'Facebook', 'SMS'] as const
const BOT = 'Harbour helper'

/** A contact arrives: what it is, and its way up to a queue, a dialler or an early end. */
export function openContact(centre: Centre, room: WaitingRoom, arrival: Arrival, opening: Opening): void {
  const key = arrivalKey(arrival)
  const random = randomFor(centre.seed, 'contact', key)
  const plan = planContact(random, opening.lostRecordings)
  const doors = centre.pod.entryPoints.filter((door) => door.channel === plan.channel)
  const entryPoint = plan.isOutdial ? centre.org.outdialEntryPoint : random.pick(doors)
  const earlier = plan.channel === 'email' ? findThread(centre, random) : null
  const task = beginTask({
    id: opening.id,
    key,
    createdTime: arrival.atMs,
    entryPoint,
    plan,
    random,
    customerKey: earlier?.customerKey ?? key,
    subType: plan.channel === 'social_channel' ? random.pick(SOCIAL_KINDS) : null,
    mail: plan.channel === 'email' ? beginMail(random, opening.id, entryPoint.address, earlier?.mail ?? null) : null,
    bot: plan.menuStyle === 'bot' && !plan.isOutdial ? BOT : null,
    preferredAgent: plan.hasPreferredAgent ? random.pick(centre.pod.agents) : null,
    campaign: plan.isCampaign ? pickCampaign(centre, random) : null,
  })
  centre.tasks.push(task)
  nameKind(task)
  if (plan.isCampaign) return campaignCall(centre, task, arrival.atMs)
  if (plan.isOutdial) return outdial(centre, task, arrival.atMs)
  enterFlow(centre, room, task, plan)
}

function enterFlow(centre: Centre, room: WaitingRoom, task: TaskScript, plan: ContactPlan): void {
  const { createdTime: at, random, entryPoint, channel } = task
  step(task, { kind: 'arrive', start: at, end: null })
  if (channel !== 'telephony') openMessages(task)
  tellFlow(task, at, plan.menuMs)
  const menu = beginMenu(task, at)
  const queue = random.pick(entryPoint.queues)
  centre.events.plan(at + plan.menuMs, (now) => {
    menu.endTime = now
    switch (plan.afterMenu) {
      case 'queue':
        return enterQueue(centre, room, task, queue, now, plan.talk, { isFirst: true })
      case 'web callback':
        task.kinds.add('web callback')
        return requestCallback(centre, task, { queue, type: 'Web', talk: plan.talk }, now)
      case 'self-service':
        task.kinds.add('self-service only')
        return endTask(task, now, { type: 'normal', by: 'Customer', reason: 'Customer Left', abandoned: null })
      case 'gives up':
        task.kinds.add('abandoned in menu')
        return endTask(task, now, { type: 'abandoned', by: 'Customer', reason: 'Customer Left', abandoned: 'new' })
    }
  })
}

/** Some mails answer an answer: an earlier contact of the same day that has had its reply. */
function findThread(centre: Centre, random: Random): { readonly mail: Mail; readonly customerKey: string } | null {
  if (!random.chance(0.25)) return null
  for (let at = centre.tasks.length - 1; at >= 0; at--) {
    const { mail, customerKey, endedTime } = centre.tasks[at]!
    if (mail !== null && mail.answeredAt !== null && endedTime !== null && mail.part < 4) return { mail, customerKey }
  }
  return null
}

function pickCampaign(centre: Centre, random: Random): Campaign {
  const name = random.pick(CAMPAIGNS)
  return {
    id: `campaign-${CAMPAIGNS.indexOf(name) + 1}-${centre.org.id.slice(0, 8)}`,
    name,
    type: random.chance(0.4) ? 'preview_campaign' : 'progressive_campaign',
    cpa: random.pickWeighted([
      [55, 'LIVE_VOICE'],
      [10, 'ABANDONED'],
      [25, 'NO_ANSWER'],
      [10, 'BUSY'],
    ] as const),
  }
}

function nameKind(task: TaskScript): void {
  if (task.mail !== null) task.kinds.add(task.mail.part === 1 ? 'e-mail' : 'e-mail reply')
  if (task.channel === 'social_channel') task.kinds.add('social message')
}
