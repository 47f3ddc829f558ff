import { readFileSync } from 'node:fs'
import { type Html, html, nothing } from '../page/html.ts'

const STYLE: Html = { markup: readFileSync(new URL('../page/style.css', import.meta.url), 'utf8') }

export interface LogInPage {
  /** Where to go afterwards, a path of this board. */
  readonly next: string
  readonly hasOidc: boolean
  readonly trouble?: string
}

/** One page without any other file: nothing else answers before a log-in. */
export function renderLogIn({ next, hasOidc, trouble }: LogInPage): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>Log in · wxcc-pipeline</title>
        <link rel="icon" href="data:," />
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main class="log-in">
          <article class="source">
            <h1>wxcc-pipeline</h1>
            ${trouble === undefined ? nothing : html`<p class="verdict bad" role="alert">${trouble}</p>`}
            <form method="post" action="/log-in" class="fields">
              <input type="hidden" name="next" value="${next}" />
              <label>User <input name="user" autocomplete="username" required maxlength="60" autofocus /></label>
              <label>
                Password
                <input name="password" type="password" autocomplete="current-password" required maxlength="200" />
              </label>
              <button>Log in</button>
            </form>
            ${
              hasOidc
                ? html`<p><a href="/log-in/oidc?next=${encodeURIComponent(next)}">Log in with your organisation</a></p>`
                : nothing
            }
          </article>
        </main>
      </body>
    </html>`.markup
}
