import type { Message, TaskScript } from './script.ts'

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

/** The opening of a chat: the flow greets, the customer says what it is about. Both come before any agent. */
export function openChat(task: TaskScript): void {
  const { random, createdTime } = task
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
    text: random.pick(QUESTIONS),
  })
}

/** Turn and turn about with whoever had the chat, up to its end. */
export function writeChat(task: TaskScript, until: number): void {
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
