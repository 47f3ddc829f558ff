/** Roles as far as the public APIs ask for them; the vendor's names are in {@link VENDOR_ROLES}. */
export const ROLES = [
  'full-administrator',
  'read-only-administrator',
  'contact-center-administrator',
  'supervisor',
  'agent',
  'service-app',
] as const
export type Role = (typeof ROLES)[number]

/** Roles a person can have: a service app's account is nobody. */
export const PERSON_ROLES = ROLES.filter((role) => role !== 'service-app')

/** Role names of Captures' description (webex-cc-api §1.8); `cjp.user` for agents is inferred, service apps have none. */
export const VENDOR_ROLES: Readonly<Record<Role, string | undefined>> = {
  'full-administrator': 'id_full_admin',
  'read-only-administrator': 'id_readonly_admin',
  'contact-center-administrator': 'cjp.admin',
  supervisor: 'cjp.supervisor',
  agent: 'cjp.user',
  'service-app': undefined,
}

/** An account of an organization: of a human or of a service app. */
export interface Person {
  /** The identity service's user id: `ciUserId` of the configuration, inside `id` of the People API (webex-cc-api §6.3). */
  readonly uuid: string
  readonly firstName: string
  readonly lastName: string
  readonly displayName: string
  readonly email: string
  readonly phoneNumber: string | undefined
  readonly timeZone: string
  readonly roles: readonly Role[]
}
