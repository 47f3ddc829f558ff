import { uuidFor } from './random.ts'
import { createAgent, VOICE_SKILLS } from './staff.ts'

/** The CSR's words; a session's slots call the last one `social`. */
export type Channel = 'telephony' | 'chat' | 'email' | 'social_channel'

export interface Named {
  readonly id: string
  readonly name: string
}
export interface Site extends Named {
  readonly multimediaProfileId: string
}
export interface Team extends Named {
  readonly site: Site
}
export interface Flow extends Named {
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
  /** Within the pod; shifts go by it. */
  readonly index: number
  readonly ciUserId: string
  readonly firstName: string
  readonly lastName: string
  readonly login: string
  readonly phoneNumber: string
  readonly team: Team
  readonly skills: readonly string[]
  /** One element per contact that the agent may have at a time: the multimedia profile. */
  readonly slots: readonly Channel[]
}

/** A self-sufficient part of an organization: contacts that arrive here are served by its own people. */
export interface Pod {
  readonly index: number
  readonly sites: readonly Site[]
  readonly teams: readonly Team[]
  readonly queues: readonly ServiceQueue[]
  readonly entryPoints: readonly EntryPoint[]
  readonly agents: readonly Agent[]
}

/** The whole, as the configuration shows it; its lists hold those of all pods. */
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
  readonly pods: readonly [Pod, ...Pod[]]
}

const CITIES = [
  ['Lisbon', 'Leeds'],
  ['Porto', 'Lyon'],
  ['Bergen', 'Graz'],
  ['Turin', 'Ghent'],
  ['Malmo', 'Cork'],
  ['Bilbao', 'Basel'],
  ['Aarhus', 'Brno'],
  ['Tampere', 'Gdansk'],
] as const

interface Size {
  readonly agents: number
  readonly pods: number
}

/** What an organization consists of, as far as it never changes. Agents are spread evenly over the pods, at least one in each. */
export function createOrg(
  seed: number,
  { agents, pods: podCount }: Size,
  {
    id = uuidFor(seed, 'org'),
    name = 'Harbour Mutual',
  }: { readonly id?: string | undefined; readonly name?: string | undefined } = {},
): Org {
  const domain = domainOf(name)
  const pods = Array.from({ length: podCount }, (_, index) => {
    const first = Math.floor((agents * index) / podCount)
    return createPod(seed, domain, index, Math.max(1, Math.floor((agents * (index + 1)) / podCount) - first))
  })
  const [firstPod = createPod(seed, domain, 0, Math.max(1, agents)), ...otherPods] = pods
  const all = <T>(part: (pod: Pod) => readonly T[]) => pods.flatMap(part)
  return {
    id,
    name,
    sites: all((pod) => pod.sites),
    teams: all((pod) => pod.teams),
    queues: all((pod) => pod.queues),
    entryPoints: all((pod) => pod.entryPoints),
    outdialEntryPoint: {
      ...named(seed, 'entry-point', 'Outdial'),
      channel: 'telephony',
      direction: 'OUTBOUND',
      address: '+13125550102',
      flow: createFlow(seed, 'Outdial flow'),
      queues: [],
    },
    agents: all((pod) => pod.agents),
    wrapUpCodes: ['Resolved', 'Follow-up needed', 'Sale', 'Complaint', 'Wrong number'].map((name) =>
      named(seed, 'wrap-up-code', name),
    ),
    idleCodes: ['Login', 'Break', 'Lunch', 'Meeting', 'Training', 'RONA'].map((name) => named(seed, 'idle-code', name)),
    pods: [firstPod, ...otherPods],
  }
}

/** Where its people and mailboxes are reached: never a real domain. */
const domainOf = (name: string) =>
  `${
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'centre'
  }.example`

const named = (seed: number, kind: string, name: string): Named => ({ id: uuidFor(seed, kind, name), name })
const createFlow = (seed: number, name: string): Flow => ({
  ...named(seed, 'flow', name),
  tag: named(seed, 'flow-tag', `${name} Live`),
})

/** The first pod's things have plain names; those of the others carry their city. */
function createPod(seed: number, domain: string, index: number, agentCount: number): Pod {
  const cities = CITIES[index % CITIES.length]!.map((city) =>
    index < CITIES.length ? city : `${city} ${1 + Math.floor(index / CITIES.length)}`,
  )
  const here = (name: string) => (index === 0 ? name : `${name} ${cities[0]}`)
  const sites = cities.map((name) => ({
    ...named(seed, 'site', name),
    multimediaProfileId: uuidFor(seed, 'multimedia-profile', name),
  }))
  const teams = [...VOICE_SKILLS, 'Digital'].map((name, at) => ({
    ...named(seed, 'team', here(`${name} team`)),
    site: sites[at % sites.length]!,
  }))
  const queue = (name: string, channel: Channel, skill: string, serviceLevelS: number): ServiceQueue => ({
    ...named(seed, 'queue', here(name)),
    channel,
    skill,
    serviceLevelS,
  })
  const voice = VOICE_SKILLS.map((skill) => queue(`${skill} line`, 'telephony', skill, 30))
  const chat = [queue('Chat service', 'chat', 'Digital', 60), queue('Chat sales', 'chat', 'Sales', 60)]
  const mail = [queue('Mail service', 'email', 'Digital', 14_400), queue('Mail claims', 'email', 'Digital', 14_400)]
  const social = [queue('Messaging', 'social_channel', 'Digital', 120)]
  const entry = (name: string, channel: Channel, address: string, queues: readonly ServiceQueue[]): EntryPoint => ({
    ...named(seed, 'entry-point', here(name)),
    channel,
    direction: 'INBOUND',
    address,
    flow: createFlow(seed, here(`${name} flow`)),
    queues,
  })
  const number = (last: number) => `+1312555${String(100 + index * 10 + last).padStart(4, '0')}`
  const place = index === 0 ? '' : `/${index}`
  return {
    index,
    sites,
    teams,
    queues: [...voice, ...chat, ...mail, ...social],
    entryPoints: [
      entry('Main number', 'telephony', number(0), voice),
      entry('Sales number', 'telephony', number(1), [voice[3]!, voice[0]!]),
      entry('Website chat', 'chat', `https://www.${domain}/help${place}`, chat),
      entry('Mailbox', 'email', `care${index === 0 ? '' : index}@${domain}`, mail),
      entry('Messaging', 'social_channel', number(3), social),
    ],
    agents: Array.from({ length: agentCount }, (_, at) => createAgent(seed, domain, index, at, teams)),
  }
}
