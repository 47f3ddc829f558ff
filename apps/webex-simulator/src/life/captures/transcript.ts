import type { Customer } from '../customer.ts'
import { uuidFor } from '../random.ts'
import type { Message, TaskScript } from '../script.ts'

/**
 * A chat as the file behind `transcription[]` may look. The digital form is unconfirmed (webex-cc-api §4.4). Taken from the closest public shape,
 * the work-item transcript: an array of objects with `id`, `aliasId`, `direction` (`inbound` from the customer, else `outbound`) and an ISO
 * `timestamp`. Added by us, since each digital text needs them: `type`, `text`, and `participant` with `role` (`CUSTOMER`, `AGENT`, `BOT`).
 */
export function renderTranscript(task: TaskScript, customer: Customer): Buffer {
  const messages = task.messages
    .toSorted((a, b) => a.time - b.time)
    .map((message, position) => {
      const id = uuidFor(task.id, 'message', position)
      return {
        id,
        aliasId: id,
        direction: message.from === 'Customer' ? 'inbound' : 'outbound',
        type: 'chat',
        timestamp: new Date(message.time).toISOString(),
        participant: participantOf(message, task, customer),
        text: message.text,
      }
    })
  return Buffer.from(JSON.stringify(messages))
}

function participantOf(message: Message, task: TaskScript, customer: Customer) {
  switch (message.from) {
    case 'Customer':
      return { id: customer.email, name: customer.name, role: 'CUSTOMER' }
    case 'Agent':
      return { id: message.agent?.ciUserId ?? null, name: message.agent?.name ?? null, role: 'AGENT' }
    case 'Bot':
      return { id: task.entryPoint.flow.id, name: task.entryPoint.flow.name, role: 'BOT' }
  }
}
