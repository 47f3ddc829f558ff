import { uuidFor } from '../life/random.ts'
import { textOf } from '../json.ts'
import type { SimulatedOrg } from '../orgs.ts'
import type { RecordOf } from '../world.ts'
import type { Person, Role } from './person.ts'

/** Somebody the orgs file adds to an organization. */
export interface NamedUser {
  readonly name: string
  readonly email?: string | undefined
  readonly role: Role
}

/** Everybody who could sign in, by organization. */
export interface Directory {
  /** Administrators and supervisors first, then the agents of the configuration. */
  people(org: SimulatedOrg): readonly Person[]
  find(org: SimulatedOrg, uuid: string): Person | undefined
  findByEmail(org: SimulatedOrg, email: string): Person | undefined
}

/** Every organization has one of each, so that consent can be tried with any role. */
const STAFF_ROLES = [
  'full-administrator',
  'read-only-administrator',
  'contact-center-administrator',
  'supervisor',
] as const satisfies readonly Role[]
const FIRST_NAMES = ['Alex', 'Robin', 'Casey', 'Sam', 'Noor', 'Jules', 'Kim', 'Toni']
const LAST_NAMES = ['Moreno', 'Keane', 'Lindqvist', 'Oduya', 'Marchetti', 'Haas', 'Petrov', 'Yilmaz', 'Quist']

/** The same for the same organization, others in others. */
function staffOf(org: SimulatedOrg): readonly NamedUser[] {
  const start = Number.parseInt(uuidFor(org.id, 'staff').slice(0, 8), 16)
  const pick = (names: readonly string[], at: number) => names[(start + at) % names.length] ?? ''
  return STAFF_ROLES.map((role, at) => ({ name: `${pick(FIRST_NAMES, at)} ${pick(LAST_NAMES, at)}`, role }))
}

/** Last part of the invented mail addresses of an organization. */
function domainOf(org: SimulatedOrg): string {
  const ofUsers = textOf(org.world.configuration('user')[0]?.['email']).split('@')[1]
  if (ofUsers !== undefined) return ofUsers
  const label = org.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return `${label.replaceAll(/^-|-$/g, '') || 'organization'}.example`
}

function staffMember(org: SimulatedOrg, { name, email, role }: NamedUser): Person {
  const [firstName = name, ...rest] = name.split(' ')
  return {
    uuid: uuidFor(org.id, 'staff', name),
    firstName,
    lastName: rest.join(' '),
    displayName: name,
    email: email ?? `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@${domainOf(org)}`,
    phoneNumber: undefined,
    timeZone: 'UTC',
    roles: [role],
  }
}

/** A user of the configuration works in the contact centre, so an agent. Recorded ones may lack anything but their id. */
function agentOf(org: SimulatedOrg, user: RecordOf): Person {
  const id = textOf(user['id'])
  const [firstName, lastName] = [textOf(user['firstName']), textOf(user['lastName'])]
  return {
    uuid: textOf(user['ciUserId']) || id,
    firstName,
    lastName,
    displayName: `${firstName} ${lastName}`.trim() || id,
    email: textOf(user['email']) || `${id}@${domainOf(org)}`.toLowerCase(),
    phoneNumber: textOf(user['workPhone']) || undefined,
    timeZone: textOf(user['timezone']) || 'UTC',
    roles: ['agent'],
  }
}

export function createDirectory(): Directory {
  const known = new Map<string, { readonly all: readonly Person[]; readonly byUuid: ReadonlyMap<string, Person> }>()
  const of = (org: SimulatedOrg) => {
    let entry = known.get(org.id)
    if (entry === undefined) {
      const staff = [...staffOf(org), ...org.users].map((user) => staffMember(org, user))
      const all = [...staff, ...org.world.configuration('user').map((user) => agentOf(org, user))]
      entry = { all, byUuid: new Map(all.map((person) => [person.uuid, person])) }
      known.set(org.id, entry)
    }
    return entry
  }
  return {
    people: (org) => of(org).all,
    find: (org, uuid) => of(org).byUuid.get(uuid),
    findByEmail: (org, email) => of(org).all.find((person) => person.email.toLowerCase() === email.toLowerCase()),
  }
}

/** The account whose tokens a service app holds in an organization: it belongs to no human (webex-cc-api §1.8). */
export function machineAccount(org: SimulatedOrg, app: { readonly clientId: string; readonly name: string }): Person {
  return {
    uuid: uuidFor(org.id, 'machine', app.clientId),
    firstName: app.name,
    lastName: '',
    displayName: app.name,
    email: `${uuidFor(app.clientId, org.id).slice(0, 8)}@service-app.invalid`,
    phoneNumber: undefined,
    timeZone: 'UTC',
    roles: ['service-app'],
  }
}
