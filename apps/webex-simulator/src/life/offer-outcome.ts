import { RONA_TIMEOUT_MS } from './no-answer.ts'
import type { Random } from './random.ts'
import type { TaskScript } from './script.ts'

/** What comes of an offer; `pick` is an agent who took the contact out of the queue. */
export type OfferOutcome = 'answer' | 'pick' | 'miss' | 'reject' | 'fail' | 'leave'

/** @param misses offers of this stay that nobody took so far */
export function chooseOutcome({ plan, channel, random }: TaskScript, misses: number): OfferOutcome {
  if (misses < plan.misses) return 'miss'
  if (plan.isManual) return 'pick'
  return random.pickWeighted([
    [900, 'answer'],
    [32, 'miss'],
    [26, 'reject'],
    [14, 'fail'],
    [channel === 'email' ? 0 : 12, 'leave'],
  ] as const)
}

/** @returns ms until it is decided */
export function ringFor(random: Random, outcome: OfferOutcome): number {
  switch (outcome) {
    case 'pick':
      return random.between(200, 900)
    case 'answer':
      return Math.min(14_000, Math.max(1200, random.lognormalMs(5000, 0.5)))
    case 'miss':
      return RONA_TIMEOUT_MS + random.between(50, 1900)
    case 'reject':
      return random.between(2000, 12_000)
    case 'fail':
      return random.between(1500, 6000)
    case 'leave':
      return random.between(2000, 15_000)
  }
}
