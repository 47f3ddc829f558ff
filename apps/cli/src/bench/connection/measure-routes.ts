import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Demo } from '../../demo/start-demo.ts'

const PRINT_ROUTES = path.join(import.meta.dirname, '../../../../dashboard/src/print-routes.ts')
/** What answers without a session: probes and the log-in. */
const OPEN = new Set(['/healthz', '/readyz', '/log-in', '/log-in/oidc', '/log-in/oidc/callback'])

/** Tries every route of a running board without a session, as a browser and as a program; none but those that must be open may answer. */
export async function measureRoutes(
  { boardUrl }: Demo,
  say: (line: string) => void,
): Promise<{ readonly routes: number; readonly openRoutes: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [PRINT_ROUTES])
  const routes = JSON.parse(stdout) as readonly { readonly method: string; readonly path: string }[]
  const guarded = routes.filter(({ path: route }) => !OPEN.has(route))
  const open = new Set<string>()
  for (const { method, path: route } of guarded) {
    const url = `${boardUrl}${route.replaceAll(/:\w+/g, '1').replace('*', 'x')}`
    for (const accept of ['text/html', 'application/json']) {
      const headers = { accept, origin: new URL(boardUrl).origin }
      const answer = await fetch(url, { method, headers, redirect: 'manual' })
      const isSentAway = answer.headers.get('location')?.startsWith('/log-in?next=') === true
      if (answer.status !== 401 && !isSentAway) open.add(`${method} ${route}`)
    }
  }
  for (const route of open) say(`answers without a session: ${route}`)
  return { routes: routes.length, openRoutes: open.size }
}
