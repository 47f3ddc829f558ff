import type { Orgs, SimulatedOrg } from '../orgs.ts'
import type { Directory } from '../people/directory.ts'
import type { Person } from '../people/person.ts'

/** Who is signed in, or could be. */
export interface SignedIn {
  readonly org: SimulatedOrg
  readonly person: Person
}

/** Whom the consent page offers, by organization. */
export interface OrgChoice {
  readonly org: SimulatedOrg
  readonly people: readonly Person[]
}

export interface OfferedPeople {
  readonly choices: readonly OrgChoice[]
  /** Who is likely to sign in, as a form names them. */
  readonly chosen: string
}

/** Enough to try an agent's token; any other is offered by `login_hint`. */
const AGENTS_OFFERED = 2

/** How a form names a person: ids of people are unique in their organization only. */
export const choiceOf = (org: SimulatedOrg, person: Person): string => `${org.id} ${person.uuid}`

/** @param hint e-mail address of who is likely to sign in */
export function offerPeople(orgs: Orgs, directory: Directory, hint: string | undefined): OfferedPeople {
  const isHinted = (person: Person) => person.email.toLowerCase() === hint?.toLowerCase()
  const isPlainAgent = (person: Person) => person.roles.includes('agent') && !isHinted(person)
  const choices = orgs.all.map((org) => {
    const people = directory.people(org)
    const agents = people.filter(isPlainAgent).slice(0, AGENTS_OFFERED)
    return { org, people: [...people.filter((person) => !isPlainAgent(person)), ...agents] }
  })
  const all = choices.flatMap(({ org, people }) => people.map((person) => ({ org, person })))
  const likely = all.find(({ person }) => isHinted(person)) ?? all[0]
  return { choices, chosen: likely === undefined ? '' : choiceOf(likely.org, likely.person) }
}

/** The person a form names; undefined when there is none. */
export function personOf(orgs: Orgs, directory: Directory, choice: string | undefined): SignedIn | undefined {
  const [orgId = '', uuid = ''] = (choice ?? '').split(' ')
  const org = orgs.find(orgId)
  const person = org === undefined ? undefined : directory.find(org, uuid)
  return org === undefined || person === undefined ? undefined : { org, person }
}
