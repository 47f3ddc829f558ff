import { describe, expect, it } from 'vitest'
import { readAuthorizeRequest, redirectTo } from './authorize-request.ts'
import { integration } from './grants.testing.ts'

const good = {
  response_type: 'code',
  client_id: 'reports',
  redirect_uri: 'https://reports.example/callback',
  scope: 'cjp:config_read spark:people_read',
  state: 'a b&c',
}
const apps = new Map([
  ['reports', integration],
  ['machine', { ...integration, clientId: 'machine', kind: 'service-app' as const }],
])
const read = (overrides: Readonly<Record<string, string>> = {}) =>
  readAuthorizeRequest(new URLSearchParams({ ...good, ...overrides }), (clientId) => apps.get(clientId))

describe('readAuthorizeRequest', () => {
  it('reads a request', () => {
    const outcome = read({ code_challenge: 'c'.repeat(43), code_challenge_method: 'S256', prompt: 'login' })
    expect(outcome).toMatchObject({
      kind: 'ask',
      request: {
        scopes: ['cjp:config_read', 'spark:people_read'],
        state: 'a b&c',
        challenge: { method: 'S256' },
        prompt: 'login',
      },
    })
  })

  it.each([
    ['an app nobody knows', { client_id: 'nobody' }],
    ['no address', { redirect_uri: '' }],
    ['an address that only begins like its own', { redirect_uri: 'https://reports.example/callback/more' }],
    ['an address of another host', { redirect_uri: 'https://elsewhere.example/callback' }],
    ['a host that only begins like one of any port', { redirect_uri: 'http://localhost.elsewhere.example/' }],
    ['a host hidden behind a user name', { redirect_uri: 'http://localhost:1@elsewhere.example/' }],
    ['no address at all', { redirect_uri: 'callback' }],
  ])('sends nobody anywhere for %s', (_name, overrides) => {
    expect(read(overrides)).toMatchObject({ kind: 'page' })
  })

  it('takes any port and path where the app says so', () => {
    expect(read({ redirect_uri: 'http://localhost:3210/back?from=webex' })).toMatchObject({ kind: 'ask' })
  })

  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: ' ' }],
    ['invalid_scope', { scope: 'cjp:config_read cjp:config_write' }],
    ['invalid_request', { code_challenge: 'short', code_challenge_method: 'S256' }],
    ['invalid_request', { code_challenge: 'c'.repeat(43), code_challenge_method: 'S512' }],
    ['invalid_request', { code_challenge_method: 'S256' }],
    ['unauthorized_client', { client_id: 'machine' }],
  ])('tells the app %s', (error, overrides) => {
    const outcome = read(overrides)
    if (outcome.kind !== 'redirect') throw new Error(outcome.kind)
    const { origin, pathname, searchParams } = new URL(outcome.to)
    expect(origin + pathname).toBe(good.redirect_uri)
    expect([searchParams.get('error'), searchParams.get('state')]).toEqual([error, good.state])
  })
})

describe('redirectTo', () => {
  it('keeps what the address has already, and leaves out a state that was not given', () => {
    const to = redirectTo({ redirectUri: 'http://localhost:3210/back?from=webex', state: undefined }, { code: 'c+d' })
    expect(to).toBe('http://localhost:3210/back?from=webex&code=c%2Bd')
  })
})
