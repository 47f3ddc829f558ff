import type { Demo } from '../demo/start-demo.ts'
import type { Place } from './find.ts'

const USER = 'operator'
/** What Bull Board's pages are made of. */
const FIRST = ['/', '/queues/api/queues']
const MOST_PAGES = 60

/** The board's pages as its first user sees them: all that are linked, files apart. */
export async function readBoard({ boardUrl, boardPassword }: Demo): Promise<Place[]> {
  const cookie = await logIn(boardUrl, boardPassword)
  const waiting = [...FIRST]
  const seen = new Set<string>()
  const places: Place[] = []
  for (let next = waiting.shift(); next !== undefined && places.length < MOST_PAGES; next = waiting.shift()) {
    if (seen.has(next)) continue
    seen.add(next)
    const answer = await fetch(new URL(next, boardUrl), { headers: { cookie } })
    const text = await answer.text()
    places.push({ name: `board ${next.replace(/\?.*/, '?…')}`, text })
    for (const [, link] of text.matchAll(/href="(\/[^"]*)"/g)) if (!link!.endsWith('/file')) waiting.push(link!)
  }
  return places
}

async function logIn(boardUrl: string, password: string): Promise<string> {
  const answer = await fetch(new URL('/log-in', boardUrl), {
    method: 'POST',
    headers: { origin: new URL(boardUrl).origin },
    body: new URLSearchParams({ user: USER, password }),
    redirect: 'manual',
  })
  const [cookie] = answer.headers.getSetCookie()
  if (answer.status !== 303 || cookie === undefined) throw new Error(`the board's log-in answered ${answer.status}`)
  return cookie.split(';')[0]!
}
