import { MINUTE_MS } from './clock-units.ts'
import type { Attachment, Mail, Message, TaskScript } from './script.ts'
import type { Random } from './random.ts'

const QUESTIONS = [
  'Hello, my order has not arrived yet.',
  'I cannot log in to my account.',
  'Can you tell me what this invoice line is?',
  'I would like to change my address.',
]
const ANSWERS = [
  'Let me have a look for you.',
  'Thank you, I see it now.',
  'That should be done within the hour.',
  'Could you tell me the last four digits?',
  'Is there anything else I can do?',
]
const REPLIES = [
  'Yes, of course.',
  'That would be great.',
  'I tried that already.',
  'It still shows the old one.',
  'Thank you!',
]
const SUBJECTS = ['My order', 'Invoice of last month', 'Change of address', 'Question about my claim', 'Cancellation']
const FILES: readonly Attachment[] = [
  { fileName: 'invoice.pdf', contentType: 'application/pdf', sizeBytes: 48_211 },
  { fileName: 'photo.jpg', contentType: 'image/jpeg', sizeBytes: 182_004 },
]

/** The first mail of a thread, or the next one of a thread that an earlier contact of this day began. */
export function beginMail(random: Random, id: string, mailbox: string, earlier: Mail | null): Mail {
  const hasAttachments = random.chance(0.2)
  const ccList = random.chance(0.1) ? ['office@example.com'] : []
  const common = { toList: [mailbox], ccList, hasAttachments, messageId: `<${id}@mail.example.com>`, answeredAt: null }
  if (earlier === null) return { ...common, thread: id, part: 1, subject: random.pick(SUBJECTS) }
  return {
    ...common,
    thread: earlier.thread,
    part: earlier.part + 1,
    subject: `Re: ${earlier.subject.replace(/^Re: /, '')}`,
  }
}

/** What is written before any agent: the flow greets, the customer says what it is about. */
export function openMessages(task: TaskScript): void {
  const { random, createdTime, channel } = task
  if (channel === 'email') {
    const attachments = task.mail?.hasAttachments === true ? [random.pick(FILES)] : undefined
    const text = task.mail?.part === 1 ? question(task) : random.pick(REPLIES)
    task.messages.push({ time: createdTime, from: 'Customer', agent: null, text, attachments })
    return
  }
  if (random.chance(0.5))
    task.messages.push({
      time: createdTime + random.between(60, 200),
      from: 'Bot',
      agent: null,
      text: 'Welcome! An agent will be with you soon.',
    })
  task.messages.push({
    time: createdTime + random.between(210, 390),
    from: 'Customer',
    agent: null,
    text: question(task),
  })
}

/** Words of this customer alone, as real ones are: what is looked for after an erasure must not be anybody's. */
function question({ random, id }: TaskScript): string {
  return `${random.pick(QUESTIONS)} My reference is ${id.slice(0, 8)}.`
}

/** Everything written up to the end, and when the transcript of it can be asked for. */
export function writeMessages(task: TaskScript, until: number): void {
  const { random } = task
  if (task.channel === 'email') writeMail(task)
  else converseInWriting(task, until)
  const isLate = random.chance(0.12)
  task.transcriptAt = until + (isLate ? random.between(5 * MINUTE_MS, 15 * MINUTE_MS) : random.between(4000, 20_000))
  if (task.channel === 'chat') task.kinds.add(isLate ? 'chat with late transcript' : 'chat with transcript')
}

/** The agent's answer goes out at the end of the last talk. */
function writeMail(task: TaskScript): void {
  const talk = task.beats.findLast((beat) => beat.kind === 'talk')
  if (talk === undefined || talk.seat === undefined || task.mail === null) return
  const time = (talk.end ?? talk.start) - Math.min(1000, (talk.end ?? talk.start) - talk.start)
  task.messages.push({ time, from: 'Agent', agent: talk.seat.agent, text: task.random.pick(ANSWERS) })
  task.mail.answeredAt = time
}

/** Turn and turn about with whoever had the contact. */
function converseInWriting(task: TaskScript, until: number): void {
  const { random } = task
  const talks = task.beats.filter((beat) => beat.kind === 'talk')
  for (const [position, talk] of talks.entries()) {
    const end = talks[position + 1]?.start ?? until
    const lastAt = Math.min(end, talk.end ?? end)
    let from: Message['from'] = 'Agent'
    for (let at = talk.start + random.between(2000, 12_000); at < lastAt; at += random.between(9000, 60_000)) {
      task.messages.push({
        time: at,
        from,
        agent: from === 'Agent' ? (talk.seat?.agent ?? null) : null,
        text: random.pick(from === 'Agent' ? ANSWERS : REPLIES),
      })
      from = from === 'Agent' ? 'Customer' : 'Agent'
    }
  }
}
