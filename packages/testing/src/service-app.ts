/** The simulator's Service App, and a personal token that its first token is asked for with; `clientSecret` of the integration that consents. */
export async function serviceAppOf(
  simulatorUrl: string,
  clientSecret: string,
): Promise<{ readonly applicationId: string; readonly applicationsToken: string }> {
  const control = async (part: string, body?: object) => {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    return (await fetch(`${simulatorUrl}/_sim/${part}`, body === undefined ? {} : sent)).json() as Promise<never>
  }
  const redirectUri = 'http://localhost/callback'
  const consent = { clientId: 'simulated-client', scope: 'spark:applications_token', redirectUri }
  const { code } = await control('oauth/codes', consent)
  const grant = { grant_type: 'authorization_code', client_id: 'simulated-client', client_secret: clientSecret, code }
  const answer = await fetch(`${simulatorUrl}/v1/access_token`, {
    method: 'POST',
    body: new URLSearchParams({ ...grant, redirect_uri: redirectUri }),
  })
  const { access_token: applicationsToken } = (await answer.json()) as { access_token: string }
  const { apps } = (await control('oauth')) as { apps: { clientId: string; applicationId: string }[] }
  const { applicationId } = apps.find(({ clientId }) => clientId === 'simulated-service-app')!
  return { applicationId, applicationsToken }
}
