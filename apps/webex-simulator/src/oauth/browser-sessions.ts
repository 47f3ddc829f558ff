import { randomBytes } from 'node:crypto'
import type { SignedIn } from './offered-people.ts'

/**
 * Browser sessions of the identity service. While one lasts nobody is asked who they are: a second consent, meant for another organization, quietly
 * goes to the first one (the trap of webex-cc-api §1.8).
 */
export interface BrowserSessions {
  of(cookieHeader: string | undefined): SignedIn | undefined
  /** Value of `Set-Cookie`. */
  signIn(who: SignedIn): string
  signOut(cookieHeader: string | undefined): string
}

const NAME = 'sim_identity_session'
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'
/** Nobody has so many browsers; whoever signed in first is forgotten. */
const MOST_KEPT = 1000

function idIn(cookieHeader: string | undefined): string {
  const pairs = (cookieHeader ?? '').split(';').map((pair) => pair.trim().split('='))
  return pairs.find(([name]) => name === NAME)?.[1] ?? ''
}

export function createBrowserSessions(): BrowserSessions {
  const sessions = new Map<string, SignedIn>()
  return {
    of: (cookieHeader) => sessions.get(idIn(cookieHeader)),
    signIn(who) {
      const id = randomBytes(24).toString('base64url')
      sessions.set(id, who)
      const [oldest] = sessions.keys()
      if (sessions.size > MOST_KEPT && oldest !== undefined) sessions.delete(oldest)
      return `${NAME}=${id}; ${ATTRIBUTES}`
    },
    signOut(cookieHeader) {
      sessions.delete(idIn(cookieHeader))
      return `${NAME}=; ${ATTRIBUTES}; Max-Age=0`
    },
  }
}
