import type { Json } from '../../world.ts'
import type { Customer } from '../customer.ts'
import { uuidFor } from '../random.ts'
import type { Attachment, Message, TaskScript } from '../script.ts'

export const isImage = ({ contentType }: Attachment) => contentType.startsWith('image/')

/** What a transcript's file is named after, and its `Source`: the channel, or the kind of social network (webex-cc-api §4.4). */
export function digitalSource({ channel, subType }: TaskScript): string {
  return channel === 'social_channel' ? (subType ?? 'social').toLowerCase() : channel
}

/** Messages of a contact in order of time. */
export function messagesOf(task: TaskScript): readonly Message[] {
  return task.messages.toSorted((a, b) => a.time - b.time)
}

/**
 * A written contact as the file behind `transcription[]` may look. The digital form is unconfirmed (webex-cc-api §4.4). Taken from the closest public
 * shapes, the work-item transcript and the message objects of Webex Connect: an array of objects with `id`, `aliasId`, `direction` (`inbound` from the
 * customer, else `outbound`), an ISO `timestamp`, and `email` with its parts. Added by us, since each digital text needs them: `type`, `text`,
 * `participant` with `role` (`CUSTOMER`, `AGENT`, `BOT`), and `attachments`, which are listed and not included.
 */
export function legacyTranscript(task: TaskScript, customer: Customer): Buffer {
  return Buffer.from(JSON.stringify(messagesOf(task).map((message, at) => messageJson(task, customer, message, at))))
}

/** The same messages under a head that names its schema, as the newest releases are said to write; every name of the head is inferred. */
export function versionedTranscript(task: TaskScript, customer: Customer): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: '1.0.0',
      taskId: task.id,
      conversationId: uuidFor(task.id, 'conversation'),
      channelType: task.channel,
      channelSubType: digitalSource(task),
      startTime: new Date(task.createdTime).toISOString(),
      endTime: task.endedTime === null ? null : new Date(task.endedTime).toISOString(),
      messages: messagesOf(task).map((message, at) => messageJson(task, customer, message, at)),
    }),
  )
}

function messageJson(
  task: TaskScript,
  customer: Customer,
  message: Message,
  position: number,
): { readonly [key: string]: Json } {
  const id = uuidFor(task.id, 'message', position)
  const isInbound = message.from === 'Customer'
  const attachments = message.attachments ?? []
  return {
    id,
    aliasId: id,
    direction: isInbound ? 'inbound' : 'outbound',
    type: digitalSource(task),
    timestamp: new Date(message.time).toISOString(),
    participant: participantOf(message, task, customer),
    ...(task.channel === 'email' ? { email: mailOf(task, customer, message) } : { text: message.text }),
    ...(attachments.length === 0
      ? {}
      : {
          attachments: attachments.map(({ fileName, contentType, sizeBytes }, at) => ({
            id: uuidFor(id, 'attachment', at),
            fileName,
            contentType,
            sizeBytes,
          })),
        }),
  }
}

function mailOf(task: TaskScript, customer: Customer, { from, text }: Message): { readonly [key: string]: Json } {
  const isInbound = from === 'Customer'
  const { mail, entryPoint } = task
  return {
    messageId: isInbound ? (mail?.messageId ?? null) : null,
    from: isInbound ? customer.email : entryPoint.address,
    to: isInbound ? (mail?.toList ?? [entryPoint.address]) : [customer.email],
    cc: isInbound ? (mail?.ccList ?? []) : [],
    subject: mail?.subject ?? null,
    bodyPlain: text,
    bodyHtml: `<p>${text}</p>`,
    strippedText: text,
  }
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
