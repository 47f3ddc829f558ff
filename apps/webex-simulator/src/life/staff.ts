import type { Agent, Channel, Team } from './org.ts'
import { randomFor, uuidFor } from './random.ts'

export const VOICE_SKILLS = ['Service', 'Billing', 'Technical', 'Sales']
const FIRST_NAMES = [
  'Ada',
  'Ben',
  'Chloe',
  'Dmitri',
  'Elena',
  'Farid',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Keiko',
  'Luca',
  'Mara',
  'Nils',
  'Olga',
  'Pavel',
  'Quinn',
  'Rosa',
  'Sven',
  'Tara',
]
const LAST_NAMES = [
  'Abel',
  'Brandt',
  'Costa',
  'Dahl',
  'Evans',
  'Fischer',
  'Grant',
  'Hansen',
  'Ito',
  'Jensen',
  'Keller',
  'Lopez',
  'Moreau',
  'Novak',
  'Okafor',
  'Perez',
  'Rossi',
  'Silva',
  'Turner',
  'Weber',
  'Young',
]

const MAIN_SLOTS: readonly Channel[] = ['telephony', 'chat', 'chat']
const DIGITAL_SLOTS: readonly Channel[] = [...MAIN_SLOTS, 'email', 'email', 'email', 'social_channel']

/** One of a pod's people. Every third belongs to the digital team and takes e-mails and messages too. */
export function createAgent(seed: number, domain: string, pod: number, index: number, teams: readonly Team[]): Agent {
  const key = pod === 0 ? index : pod * 1000 + index
  const random = randomFor(seed, 'agent', key)
  const firstName = FIRST_NAMES[key % FIRST_NAMES.length]!
  const lastName = LAST_NAMES[(key * 5 + Math.floor(key / FIRST_NAMES.length)) % LAST_NAMES.length]!
  const main = VOICE_SKILLS[index % VOICE_SKILLS.length]!
  const second = random.pick(VOICE_SKILLS.filter((skill) => skill !== main))
  const isDigital = index % 3 === 0
  return {
    index,
    id: uuidFor(seed, 'agent', key),
    ciUserId: uuidFor(seed, 'ci-user', key),
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    login: `${firstName}.${lastName}.${key}@${domain}`.toLowerCase(),
    phoneNumber: `+1312555${String(2000 + key).padStart(4, '0')}`,
    team: isDigital ? teams.at(-1)! : teams[index % VOICE_SKILLS.length]!,
    skills: isDigital ? [main, 'Digital'] : [main, second],
    slots: isDigital ? DIGITAL_SLOTS : MAIN_SLOTS,
  }
}
