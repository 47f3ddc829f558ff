import { describe, expect, it } from 'vitest'
import { grantFor, integration, ORG_ID, secondsClock } from './grants.testing.ts'
import { createTokenStore } from './token-store.ts'
import type { TokenStoreOptions } from './token-store.ts'

function store(overrides: Partial<TokenStoreOptions> = {}) {
  const { nowMs, advance } = secondsClock()
  const options = {
    accessSeconds: 100,
    refreshSeconds: 1000,
    rotates: false,
    clockResets: true,
    form: 'suffixed',
  } as const
  return { tokens: createTokenStore({ ...options, nowMs, ...overrides }), advance }
}

describe('createTokenStore', () => {
  it('ends an access token with cluster and org, and lets it die on time', () => {
    const { tokens, advance } = store()
    const { access_token: access, expires_in: seconds } = tokens.issue(tokens.open(grantFor))
    expect(access.split('_').slice(1)).toEqual(['SIM1', ORG_ID])
    advance(seconds - 1)
    expect(tokens.grantOf(access)).toMatchObject({ orgId: ORG_ID, person: { firstName: 'Ada' } })
    advance(1)
    expect(tokens.grantOf(access)).toBeUndefined()
  })

  it('gives tokens like JWTs, which tell nothing of the org, when told to', () => {
    const { tokens } = store({ form: 'jwt' })
    const { access_token: access } = tokens.issue(tokens.open(grantFor))
    expect(access).toMatch(/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/)
    const decoded = access
      .split('.')
      .slice(0, 2)
      .map((part) => Buffer.from(part, 'base64url').toString())
    expect(decoded.map((text) => Object.keys(JSON.parse(text)))).toEqual([
      ['alg', 'typ'],
      ['jti', 'iat', 'cluster'],
    ])
    expect(decoded.join('')).not.toContain(ORG_ID)
    expect(tokens.grantOf(access)).toBeDefined()
  })

  it('keeps the refresh token, and starts its life anew at each refresh', () => {
    const { tokens, advance } = store()
    tokens.open(grantFor, 'first')
    advance(999)
    expect(tokens.refresh(integration, 'first')).toMatchObject({
      refresh_token: 'first',
      refresh_token_expires_in: 1000,
    })
    advance(999)
    expect(tokens.refresh(integration, 'first')).toBeDefined()
    advance(1000)
    expect(tokens.refresh(integration, 'first')).toBeUndefined()
  })

  it('lets the life of the refresh token run out, refreshed or not, when its clock does not reset', () => {
    const { tokens, advance } = store({ clockResets: false })
    tokens.open(grantFor, 'first')
    advance(400)
    expect(tokens.refresh(integration, 'first')?.refresh_token_expires_in).toBe(600)
    advance(599)
    expect(tokens.refresh(integration, 'first')?.refresh_token_expires_in).toBe(1)
    advance(1)
    expect(tokens.refresh(integration, 'first')).toBeUndefined()
  })

  it('rotates: each refresh answers a new token and kills the old one, also without a new life', () => {
    const { tokens, advance } = store({ rotates: true, clockResets: false })
    tokens.open(grantFor, 'first')
    advance(100)
    const second = tokens.refresh(integration, 'first')
    expect(second?.refresh_token).not.toBe('first')
    expect(second?.refresh_token_expires_in).toBe(900)
    expect(tokens.refresh(integration, 'first')).toBeUndefined()
    expect(tokens.refresh(integration, second?.refresh_token ?? '')).toBeDefined()
  })

  it('knows a refresh token only for its own app', () => {
    const { tokens } = store()
    tokens.open(grantFor, 'first')
    expect(tokens.refresh({ ...integration, clientId: 'other' }, 'first')).toBeUndefined()
  })

  it('ends a grant with all its tokens at once', () => {
    const { tokens } = store()
    const access = tokens.issue(tokens.open(grantFor, 'first')).access_token
    const kept = tokens.issue(tokens.open({ ...grantFor, orgId: 'other' }, 'second')).access_token
    expect(tokens.revoke((grant) => grant.orgId === ORG_ID)).toBe(1)
    expect(tokens.revoke((grant) => grant.orgId === ORG_ID)).toBe(0)
    expect([tokens.grantOf(access), tokens.refresh(integration, 'first')]).toEqual([undefined, undefined])
    expect(tokens.grantOf(kept)).toBeDefined()
    expect(tokens.refresh(integration, 'second')).toBeDefined()
  })

  it('counts the access tokens that live', () => {
    const { tokens, advance } = store()
    const grant = tokens.open(grantFor)
    tokens.issue(grant)
    advance(50)
    tokens.issue(grant)
    expect(tokens.livingAccessTokens(grant)).toBe(2)
    advance(50)
    expect(tokens.livingAccessTokens(grant)).toBe(1)
  })
})
