import { randomFor, uuidFor } from './random.ts'

export type Channel = 'telephony' | 'chat'

export interface Named {
  readonly id: string
  readonly name: string
}
interface Site extends Named {
  readonly multimediaProfileId: string
}
interface Team extends Named {
  readonly site: Site
}
interface Flow extends Named {
  readonly tag: Named
}
export interface ServiceQueue extends Named {
  readonly channel: Channel
  readonly serviceLevelS: number
  /** Teams whose agents are asked first; the others join after a while (`routing.ts`). */
  readonly skill: string
}
export interface EntryPoint extends Named {
  readonly channel: Channel
  readonly direction: 'INBOUND' | 'OUTBOUND'
  readonly address: string
  readonly flow: Flow
  readonly queues: readonly ServiceQueue[]
}
export interface Agent extends Named {
  readonly index: number
  readonly ciUserId: string
  readonly firstName: string
  readonly lastName: string
  readonly login: string
  readonly phoneNumber: string
  readonly team: Team
  readonly skills: readonly string[]
}
export interface Org {
  readonly id: string
  readonly name: string
  readonly sites: readonly Site[]
  readonly teams: readonly Team[]
  readonly queues: readonly ServiceQueue[]
  readonly entryPoints: readonly EntryPoint[]
  readonly outdialEntryPoint: EntryPoint
  readonly agents: readonly Agent[]
  readonly wrapUpCodes: readonly Named[]
  readonly idleCodes: readonly Named[]
}

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
const VOICE_SKILLS = ['Service', 'Billing', 'Technical', 'Sales']

export function createOrg(seed: number, agentCount: number, orgId?: string): Org {
  const id = orgId ?? uuidFor(seed, 'org')
  const named = (kind: string, name: string): Named => ({ id: uuidFor(seed, kind, name), name })
  const sites = ['Lisbon', 'Leeds'].map((name) => ({
    ...named('site', name),
    multimediaProfileId: uuidFor(seed, 'multimedia-profile', name),
  }))
  const teams = [...VOICE_SKILLS, 'Digital'].map((name, at) => ({
    ...named('team', `${name} team`),
    site: sites[at % sites.length]!,
  }))
  const queue = (name: string, channel: Channel, skill: string, serviceLevelS: number) => ({
    ...named('queue', name),
    channel,
    skill,
    serviceLevelS,
  })
  const voice = VOICE_SKILLS.map((skill) => queue(`${skill} line`, 'telephony', skill, 30))
  const chat = [queue('Chat service', 'chat', 'Digital', 60), queue('Chat sales', 'chat', 'Sales', 60)]
  const flow = (name: string): Flow => ({ ...named('flow', name), tag: named('flow-tag', `${name} Live`) })
  const entry = (
    name: string,
    channel: Channel,
    address: string,
    queues: readonly ServiceQueue[],
    direction: EntryPoint['direction'] = 'INBOUND',
  ) => ({
    ...named('entry-point', name),
    channel,
    direction,
    address,
    flow: flow(`${name} flow`),
    queues,
  })
  return {
    id,
    name: 'Harbour Mutual',
    sites,
    teams,
    queues: [...voice, ...chat],
    entryPoints: [
      entry('Main number', 'telephony', '+13125550100', voice),
      entry('Sales number', 'telephony', '+13125550101', [voice[3]!, voice[0]!]),
      entry('Website chat', 'chat', 'https://www.harbour-mutual.example/help', chat),
    ],
    outdialEntryPoint: entry('Outdial', 'telephony', '+13125550102', [], 'OUTBOUND'),
    agents: Array.from({ length: agentCount }, (_, index) => createAgent(seed, index, teams)),
    wrapUpCodes: ['Resolved', 'Follow-up needed', 'Sale', 'Complaint', 'Wrong number'].map((name) =>
      named('wrap-up-code', name),
    ),
    idleCodes: ['Login', 'Break', 'Lunch', 'Meeting', 'Training', 'RONA'].map((name) => named('idle-code', name)),
  }
}

function createAgent(seed: number, index: number, teams: readonly Team[]): Agent {
  const random = randomFor(seed, 'agent', index)
  const firstName = FIRST_NAMES[index % FIRST_NAMES.length]!
  const lastName = LAST_NAMES[(index * 5 + Math.floor(index / FIRST_NAMES.length)) % LAST_NAMES.length]!
  const main = VOICE_SKILLS[index % VOICE_SKILLS.length]!
  const second = random.pick(VOICE_SKILLS.filter((skill) => skill !== main))
  const isDigital = index % 3 === 0
  return {
    index,
    id: uuidFor(seed, 'agent', index),
    ciUserId: uuidFor(seed, 'ci-user', index),
    name: `${firstName} ${lastName}`,
    firstName,
    lastName,
    login: `${firstName}.${lastName}.${index}@harbour-mutual.example`.toLowerCase(),
    phoneNumber: `+1312555${String(2000 + index).padStart(4, '0')}`,
    team: isDigital ? teams.at(-1)! : teams[index % VOICE_SKILLS.length]!,
    skills: isDigital ? [main, 'Digital'] : [main, second],
  }
}
