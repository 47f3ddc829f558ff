import { describe, expect, it } from 'vitest'
import { createTokenStore } from './token-store.ts'
import type { TokenStore } from './token-store.ts'

const orgId = '3f0e2b7a-58c1-4a35-9d0e-0c1d2e3f4a5b'
const request = { grant_type: 'refresh_token', client_id: 'id', client_secret: 'secret', refresh_token: 'first' }

function store(rotates = false): { tokens: TokenStore; advance: (seconds: number) => void } {
  let nowMs = 0
  const tokens = createTokenStore({
    clientId: 'id',
    clientSecret: 'secret',
    refreshToken: 'first',
    authorizationCode: 'code',
    orgId,
    accessSeconds: 100,
    refreshSeconds: 1000,
    rotates,
    nowMs: () => nowMs,
  })
  return { tokens, advance: (seconds) => void (nowMs += seconds * 1000) }
}

function granted(tokens: TokenStore, overrides: object = {}) {
  const outcome = tokens.issue({ ...request, ...overrides })
  if ('status' in outcome) throw new Error(outcome.message)
  return outcome.answer
}

describe('createTokenStore', () => {
  it('ends an access token with cluster and org, and lets it die on time', () => {
    const { tokens, advance } = store()
    const { access_token: access, expires_in: seconds } = granted(tokens)
    expect(access.split('_').slice(1)).toEqual(['SIM1', orgId])
    advance(seconds - 1)
    expect(tokens.clientOf(access)).toBe('id')
    advance(1)
    expect(tokens.clientOf(access)).toBeUndefined()
  })

  it('gives the same refresh token back, or a new one that kills the old', () => {
    expect(granted(store().tokens).refresh_token).toBe('first')
    const { tokens } = store(true)
    const { refresh_token: second } = granted(tokens)
    expect(second).not.toBe('first')
    expect(tokens.issue(request)).toMatchObject({ status: 400 })
    expect(granted(tokens, { refresh_token: second }).refresh_token).not.toBe(second)
  })

  it('answers 400 to a dead refresh token and 401 to a wrong secret', () => {
    const { tokens, advance } = store()
    expect(tokens.issue({ ...request, client_secret: 'guess' })).toMatchObject({ status: 401 })
    advance(1000)
    expect(tokens.issue(request)).toMatchObject({ status: 400 })
  })

  it('knows the authorization code', () => {
    const { tokens } = store()
    expect(granted(tokens, { grant_type: 'authorization_code', code: 'code' }).token_type).toBe('Bearer')
    expect(tokens.issue({ ...request, grant_type: 'authorization_code', code: 'other' })).toMatchObject({ status: 400 })
  })
})
