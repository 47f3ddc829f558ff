/** The cookie's value, undefined when the browser sent none. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

/** Names and flags of this board's cookies. */
export interface Cookies {
  readonly session: string
  readonly consent: string
  readonly set: (name: string, value: string, seconds: number) => string
}

/**
 * Never shown to scripts, and sent along from another site only when a person follows a link (`Lax`: the vendor and the identity provider send browsers
 * back). Behind TLS also `Secure` and `__Host-`, which no neighbouring host can set.
 */
export function cookiesFor(isSecure: boolean): Cookies {
  const prefix = isSecure ? '__Host-' : ''
  const flags = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    session: `${prefix}wxcc-session`,
    consent: `${prefix}wxcc-log-in`,
    set: (name, value, seconds) => `${name}=${value}; Max-Age=${seconds}; ${flags}`,
  }
}
