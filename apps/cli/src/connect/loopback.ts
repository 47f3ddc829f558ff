import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { reasonOfRefusal } from '@wxcc/connection/consent-refusals'
import { ReadableError } from '@wxcc/runtime/readable-error'

/** Where the browser comes back to: a port of this machine that nobody else reaches (RFC 8252 §7.3). */
export interface Loopback {
  readonly redirectUri: string
  /** The code of the answer whose `state` is this one. Throws `ConsentRefused` with the vendor's reason. Answers of another state are turned away. */
  readonly codeFor: (state: string) => Promise<string>
  readonly close: () => void
}

export class ConsentRefused extends ReadableError {
  override readonly name = 'ConsentRefused'
}

/** Listens on 127.0.0.1. Throws Node's `EADDRINUSE` when the port is taken; 0 takes any. */
export async function listenForCode(port: number): Promise<Loopback> {
  const answers = Promise.withResolvers<URLSearchParams>()
  let expected: string | undefined
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const isOurs = url.pathname === '/callback' && expected !== undefined && url.searchParams.get('state') === expected
    response.writeHead(isOurs ? 200 : 400, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
    const isConsent = isOurs && url.searchParams.has('code')
    response.end(
      page(
        isConsent
          ? 'Connected. You may close this page and look at the terminal.'
          : 'Not connected. Look at the terminal.',
      ),
    )
    if (isOurs) answers.resolve(url.searchParams)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`
  return {
    redirectUri,
    async codeFor(state) {
      expected = state
      const answer = await answers.promise
      const code = answer.get('code')
      if (code !== null && code !== '') return code
      throw new ConsentRefused(`no consent: ${reasonOfRefusal(answer.get('error'))}`)
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function page(sentence: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>wxcc-pipeline</title><body style="font:1.1rem system-ui;margin:4rem auto;max-width:32rem"><h1>wxcc-pipeline</h1><p>${sentence}</p></body></html>`
}
