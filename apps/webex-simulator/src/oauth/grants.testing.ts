import type { Person } from '../people/person.ts'
import type { OAuthApp } from './oauth-app.ts'
import type { GrantFor } from './token-store.ts'

export const ORG_ID = '3f0e2b7a-58c1-4a35-9d0e-0c1d2e3f4a5b'

export const integration: OAuthApp = {
  clientId: 'reports',
  clientSecret: 'secret',
  name: 'Reports',
  kind: 'integration',
  applicationId: 'reports-application',
  redirectUris: ['https://reports.example/callback', 'http://localhost:*'],
  scopes: ['cjp:config_read', 'spark:people_read'],
}

export const person: Person = {
  uuid: '0d4c6b9e-93a7-4b2d-8a52-1b9b6f0f7c11',
  firstName: 'Ada',
  lastName: 'Abel',
  displayName: 'Ada Abel',
  email: 'ada.abel@harbour.example',
  phoneNumber: undefined,
  timeZone: 'UTC',
  roles: ['full-administrator'],
}

export const grantFor: GrantFor = { app: integration, orgId: ORG_ID, person, scopes: integration.scopes }

/** A clock of seconds that moves when told. */
export function secondsClock() {
  let nowMs = 1_770_000_000_000
  return { nowMs: () => nowMs, advance: (seconds: number) => void (nowMs += seconds * 1000) }
}
