import type { SimulatedOrg } from '../orgs.ts'
import type { Person, Role } from '../people/person.ts'

/** Who sent a request: known once the gate has let it pass. */
export interface Caller {
  readonly clientId: string
  readonly org: SimulatedOrg
  readonly scopes: ReadonlySet<string>
  /** Who consented, or the service app's machine account. */
  readonly person: Person
  readonly isServiceApp: boolean
}

/** One way to be let in: a token with any of these scopes whose holder has any of these roles. */
export interface Permit {
  readonly scopes: readonly string[]
  readonly roles: readonly Role[]
}

/** What an endpoint asks of a token: one of these permits. */
export type Access = readonly [Permit, ...Permit[]]

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate (`authenticate.ts`); only paths behind it may read it. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** Set on every vendor path that needs a token. */
    access?: Access
  }
}

const ADMINISTRATORS = ['full-administrator', 'contact-center-administrator', 'service-app'] as const
const READERS = [...ADMINISTRATORS, 'read-only-administrator', 'supervisor'] as const
const EVERYBODY = [...READERS, 'agent'] as const

/**
 * Search with its metadata, tasks, statistics, subscriptions and configuration, all for reading (webex-cc-api §1.8: "administrator or supervisor").
 * That read-only administrators count as administrators here is inferred.
 */
export const CONFIG_READ: Access = [{ scopes: ['cjp:config_read', 'cjp:config'], roles: READERS }]
/** Creating, changing and deleting subscriptions and configuration (§1.2: a full Contact Center administrator). */
export const CONFIG_WRITE: Access = [{ scopes: ['cjp:config_write', 'cjp:config'], roles: ADMINISTRATORS }]
/** Captures (§1.8): supervisors, administrators and service apps as above, or an organization administrator by identity scopes. */
export const CAPTURES_READ: Access = [
  ...CONFIG_READ,
  {
    scopes: ['Identity:SCIM', 'Identity:Organization'],
    roles: ['full-administrator', 'read-only-administrator', 'contact-center-administrator'],
  },
]
/** People (§1.8, §6.3); listing everybody asks for more, see `people/routes.ts`. */
export const PEOPLE_READ: Access = [
  { scopes: ['spark:people_read', 'spark-admin:people_read', 'spark:all'], roles: EVERYBODY },
]
/** The first token of a service app (§1.1). */
export const APPLICATIONS_TOKEN: Access = [{ scopes: ['spark:applications_token'], roles: EVERYBODY }]

/** Why a token is not let in, naming what is missing; undefined when it is. */
export function missingAccess(access: Access, scopes: ReadonlySet<string>, roles: readonly Role[]): string | undefined {
  const scoped = access.filter((permit) => permit.scopes.some((scope) => scopes.has(scope)))
  if (scoped.length === 0) {
    const wanted = access.flatMap((permit) => permit.scopes)
    return `The access token lacks a scope: ${orList(wanted)} is required.`
  }
  if (scoped.some((permit) => permit.roles.some((role) => roles.includes(role)))) return undefined
  const wanted = new Set(scoped.flatMap((permit) => permit.roles))
  return `The user lacks a role: ${orList([...wanted].map((role) => role.replaceAll('-', ' ')))} is required.`
}

const orList = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
