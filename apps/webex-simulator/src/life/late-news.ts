import { HOUR_MS, MINUTE_MS } from './clock-units.ts'
import { aside, engage } from './tell.ts'
import type { LateNews, TaskScript } from './script.ts'

const TOPICS = [
  ['Billing', 'Unexpected charge'],
  ['Delivery', 'Late parcel'],
  ['Account', 'Cannot log in'],
  ['Claims', 'State of a claim'],
  ['Contract', 'Cancellation'],
] as const
const COMMENTS = ['Quick and friendly.', 'I had to explain everything twice.', 'Thank you!', null, null]

/** What becomes known after the end: answers to the survey, predicted score, topics, variables written from outside (up to two days later). */
export function tellLateNews(task: TaskScript, endedAt: number): void {
  const { random, plan } = task
  if (!task.beats.some((beat) => beat.kind === 'talk')) return
  const news: LateNews[] = []
  // Self-service is a Menu only where the customer called (ruling 5), so that who was called is asked later.
  if (plan.survey !== null && task.ending?.by === 'Agent') {
    const isInline = plan.survey === 'inline' && !task.isOutdial
    const at = isInline ? askAtOnce(task, endedAt) : endedAt + random.between(10, 480) * MINUTE_MS
    news.push({ at, what: 'survey', score: random.between(1, 5), comment: random.pick(COMMENTS), isInline })
    task.kinds.add(isInline ? 'post-call survey' : 'deferred survey')
  }
  if (task.channel === 'telephony') {
    if (random.chance(0.4))
      news.push({ at: endedAt + random.between(2, 12) * MINUTE_MS, what: 'auto-csat', score: random.between(1, 5) })
    if (random.chance(0.4)) {
      const [topic, driver] = random.pick(TOPICS)
      news.push({ at: endedAt + random.between(5, 40) * MINUTE_MS, what: 'topics', topic, driver })
    }
  }
  if (random.chance(0.03)) news.push({ at: endedAt + random.between(1, 44) * HOUR_MS, what: 'variables' })
  task.late.push(...news.toSorted((a, b) => a.at - b.at))
}

/** The flow keeps the customer on the line and asks: self-service after the end (ruling 8). @returns when the last answer was given */
function askAtOnce(task: TaskScript, endedAt: number): number {
  const start = endedAt + task.random.between(300, 900)
  const end = start + task.random.between(12_000, 60_000)
  aside(task, { kind: 'self-service', start, end, node: { type: 'survey', name: 'PostCallSurvey' } })
  engage(task, 'Menu', start, { endTime: end, menuPhase: 'post_call', isKnownWhenOver: true })
  return end
}
