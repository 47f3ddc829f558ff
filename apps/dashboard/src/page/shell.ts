import type { Person } from '@wxcc/db/board-session'
import { type Html, html, nothing } from './html.ts'

const PLACES = [
  { path: '/', name: 'Completeness' },
  { path: '/recordings', name: 'Recordings' },
  { path: '/queues/', name: 'Queues' },
  { path: '/connect', name: 'Connect', isForOperators: true },
  { path: '/audit', name: 'Audit', isForOperators: true },
  { path: '/api/completeness', name: 'JSON' },
] as const

export interface Shell {
  readonly title: string
  /** The path of the place this is. */
  readonly at: string
  readonly person: Person
  readonly main: Html
  /** Beside the places, such as the moment of the figures. */
  readonly aside?: Html
  /** Seconds after which the page reads itself again. */
  readonly refreshSeconds?: number
}

/** What every page has around it: head, places, who is logged in. */
export function renderShell({ title, at, person, main, aside, refreshSeconds }: Shell): string {
  const places = PLACES.filter((place) => !('isForOperators' in place) || person.role === 'operator')
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${refreshSeconds === undefined ? nothing : html`<meta http-equiv="refresh" content="${refreshSeconds}" />`}
        <meta name="robots" content="noindex" />
        <title>${title} · wxcc-pipeline</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/">wxcc-pipeline</a>
          <nav aria-label="Main">
            ${places.map(({ path, name }) =>
              path === at
                ? html`<a href="${path}" aria-current="page">${name}</a>`
                : html`<a href="${path}">${name}</a>`,
            )}
          </nav>
          ${aside ?? nothing}
          <form method="post" action="/log-out" class="log-out">
            <span>${person.name}, ${person.role}</span>
            <button>Log out</button>
          </form>
        </header>
        <main>${main}</main>
      </body>
    </html>`.markup
}
