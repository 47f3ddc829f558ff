import { createHash } from 'node:crypto'

/** How unreliable deliveries are: at-least-once, unordered, not guaranteed (webex-cc-api §5.3). */
export interface DeliveryFaults {
  /** Share of events that are never sent, 0 to 1. */
  readonly loss: number
  /** Share of events sent twice. */
  readonly doubles: number
  /** Each sending is late by a drawn time of up to so many simulated seconds, so that events overtake each other. */
  readonly shuffleSeconds: number
}

/** What becomes of one event for one subscriber: how late each sending is, in ms; none when it is lost. */
export function drawDelaysMs(seed: string, { loss, doubles, shuffleSeconds }: DeliveryFaults): readonly number[] {
  const digest = createHash('sha256').update(seed).digest()
  const draw = (at: number) => digest.readUInt32LE(at * 4) / 2 ** 32
  if (draw(0) < loss) return []
  const delay = (at: number) => Math.floor(draw(at) * shuffleSeconds * 1000)
  return draw(1) < doubles ? [delay(2), delay(3)] : [delay(2)]
}
