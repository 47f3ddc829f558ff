import { randomFor } from './random.ts'
import type { TaskScript } from './script.ts'

const FIRST = ['Alex', 'Robin', 'Sam', 'Kim', 'Chris', 'Toni', 'Jo', 'Lee', 'Max', 'Nico']
const LAST = ['Archer', 'Baker', 'Cook', 'Draper', 'Fletcher', 'Gardner', 'Hunter', 'Mason', 'Potter', 'Smith']

export interface Customer {
  readonly name: string
  readonly phoneNumber: string
  readonly email: string
  /** How this contact reached us: number or mail address. */
  readonly address: string
}

/** One of some ten thousand invented people (numbers of the 555 exchange, addresses under example.com); they do come back. */
export function customerOf(seed: number, task: TaskScript): Customer {
  const random = randomFor(seed, 'customer', task.customerKey)
  const person = random.between(0, 8999)
  const first = FIRST[person % FIRST.length]!
  const last = LAST[Math.floor(person / FIRST.length) % LAST.length]!
  const phoneNumber = `+1${201 + Math.floor(person / 100)}555${String(person % 100).padStart(4, '0')}`
  const email = `${first}.${last}.${person}@example.com`.toLowerCase()
  return { name: `${first} ${last}`, phoneNumber, email, address: task.channel === 'chat' ? email : phoneNumber }
}
