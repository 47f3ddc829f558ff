import type { StepOfLife } from './place-steps.ts'

/** `'new 378 · ended'` as steps; durations in ms, a step without a number is a point. The notation of the golden vectors. */
export function readLife(text: string): StepOfLife[] {
  return text.split('·').map((part) => {
    const [eventName = '', duration = '0'] = part.trim().split(/\s+/)
    return { eventName, duration: Number(duration) }
  })
}
