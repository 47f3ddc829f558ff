import type { Attempt } from './delivery-log.ts'
import type { Message } from './envelope.ts'

/** A subscriber has so long to answer, in real time (webex-cc-api §5.3). */
const ANSWER_WITHIN_MS = 5000

/** One attempt. Redirects are not followed; the body of the answer is not read. */
export async function sendMessage(
  destinationUrl: string,
  { body, headers }: Message,
  closing: AbortSignal,
): Promise<Attempt['outcome']> {
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS)
  try {
    const response = await fetch(destinationUrl, {
      method: 'POST',
      headers: { ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([timeout, closing]),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    return timeout.aborted ? 'timeout' : 'unreachable'
  }
}

export function isSuccess(outcome: Attempt['outcome']): boolean {
  return typeof outcome === 'number' && outcome >= 200 && outcome < 300
}
