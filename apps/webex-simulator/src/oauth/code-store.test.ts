import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createCodeStore } from './code-store.ts'
import type { CodeExchange, CodeFor } from './code-store.ts'
import { grantFor, secondsClock } from './grants.testing.ts'
import { createTokenStore } from './token-store.ts'

const redirectUri = 'https://reports.example/callback'
const verifier = 'v'.repeat(43)
const given: CodeFor = { ...grantFor, redirectUri, challenge: undefined }

function stores() {
  const { nowMs, advance } = secondsClock()
  const tokens = createTokenStore({
    accessSeconds: 100,
    refreshSeconds: 1000,
    rotates: false,
    clockResets: true,
    form: 'suffixed',
    nowMs,
  })
  const codes = createCodeStore(tokens, 600, nowMs)
  const exchange = (code: string, rest: Partial<CodeExchange> = {}) =>
    codes.exchange({ code, clientId: 'reports', redirectUri, verifier: undefined, ...rest })
  return { tokens, codes, advance, exchange }
}

describe('createCodeStore', () => {
  it('gives a grant once; a code shown again ends it', () => {
    const { tokens, codes, exchange } = stores()
    const code = codes.open(given)
    const grant = exchange(code)
    if (typeof grant === 'string') throw new Error(grant)
    const { access_token: access } = tokens.issue(grant)
    expect(tokens.grantOf(access)).toBeDefined()
    expect(exchange(code)).toMatch(/used before/)
    expect(tokens.grantOf(access)).toBeUndefined()
  })

  it('lets a code live ten minutes, one of the settings until it is used', () => {
    const { codes, advance, exchange } = stores()
    const [quick, late] = [codes.open(given), codes.open(given)]
    codes.open({ ...given, redirectUri: undefined }, 'fixed')
    advance(599)
    expect(exchange(quick)).toBeTypeOf('object')
    advance(1)
    expect(exchange(late)).toMatch(/expired/)
    expect(exchange('fixed', { redirectUri: undefined })).toBeTypeOf('object')
  })

  it('wants the redirect_uri and the app of the consent', () => {
    const { codes, exchange } = stores()
    const code = codes.open(given)
    expect(exchange(code, { redirectUri: `${redirectUri}/` })).toMatch(/redirect_uri/)
    expect(exchange(code, { redirectUri: undefined })).toMatch(/redirect_uri/)
    expect(exchange(code, { clientId: 'other' })).toMatch(/invalid/)
    expect(exchange(code)).toBeTypeOf('object')
  })

  it.each([
    ['S256', createHash('sha256').update(verifier).digest('base64url')],
    ['plain', verifier],
  ] as const)('wants the verifier of a %s challenge', (method, challenge) => {
    const { codes, exchange } = stores()
    const code = codes.open({ ...given, challenge: { method, challenge } })
    for (const wrong of [undefined, 'w'.repeat(43), 'short'])
      expect(exchange(code, { verifier: wrong })).toMatch(/code_verifier/)
    expect(exchange(code, { verifier })).toBeTypeOf('object')
  })
})
