import type { StartedSimulator } from '../testing/start-simulator.ts'

const REDIRECT = 'http://localhost:3000/callback'

interface Wanted {
  readonly scope: string
  readonly role?: string
  readonly orgId?: string
}

/** An access token of the built-in integration as somebody who consented in the browser gets it. */
export async function tokenOf(simulator: StartedSimulator, { scope, role, orgId }: Wanted): Promise<string> {
  const { body } = await simulator.control('/oauth/codes', {
    clientId: 'simulated-client',
    scope,
    redirectUri: REDIRECT,
    ...(role === undefined ? {} : { role }),
    ...(orgId === undefined ? {} : { orgId }),
  })
  const granted = await simulator.token({
    grant_type: 'authorization_code',
    code: body.code,
    redirect_uri: REDIRECT,
  })
  return granted.body.access_token
}

/** A call with that token; with a body it is a POST of JSON. */
export function callAs(
  simulator: StartedSimulator,
  token: string,
  path: string,
  body?: unknown,
): ReturnType<StartedSimulator['call']> {
  return simulator.call(path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
