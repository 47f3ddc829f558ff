import type { Finding } from '@wxcc/connection/check'
import { DATA_CENTERS } from '@wxcc/connection/data-centers'
import type { Person } from '@wxcc/db/board-session'
import type { Source } from '@wxcc/db/data-source'
import { type Html, html, nothing } from '../page/html.ts'
import { renderShell } from '../page/shell.ts'
import { SIMULATOR } from './consent.ts'

export interface ConnectForm {
  readonly sources: readonly Source[]
  readonly redirectUri: string
  readonly simulatorUrl: string | undefined
  /** A source whose consent is given again. */
  readonly again: Source | undefined
  readonly trouble: string | undefined
}

const page = (person: Person, main: Html) => renderShell({ title: 'Connect', at: '/connect', person, main })

export function renderConnectForm(form: ConnectForm, person: Person): string {
  const { again, trouble, redirectUri, simulatorUrl } = form
  const centers = [...(simulatorUrl === undefined ? [] : [SIMULATOR]), ...DATA_CENTERS]
  const chosen = again?.apiUrl === simulatorUrl ? SIMULATOR : again?.dataCenter
  return page(
    person,
    html`${form.sources.length === 0 ? nothing : renderSources(form.sources)}
      <article class="source">
        <h1>${again === undefined ? 'Connect an organisation' : `Connect ${again.displayName} again`}</h1>
        ${trouble === undefined ? nothing : html`<p class="verdict bad" role="alert">${trouble}</p>`}
        <p>
          Make an integration at developer.webex.com with the redirect URI <code>${redirectUri}</code> and the scopes
          <code>cjp:config_read spark:people_read cjp:task_read</code>. Its client id and secret go here.
        </p>
        <form method="post" action="/connect" class="fields" autocomplete="off">
          <label>Client id <input name="clientId" required maxlength="200" /></label>
          <label>
            Client secret
            <input name="clientSecret" type="password" required maxlength="300" autocomplete="new-password" />
          </label>
          <label>
            Data center
            <select name="dataCenter">
              ${centers.map((center) => html`<option ${center === chosen ? ATTRIBUTE_SELECTED : nothing}>${center}</option>`)}
            </select>
          </label>
          ${
            again === undefined
              ? html`<label>
                    Short name that never changes
                    <input name="key" pattern="[a-z0-9_]{1,40}" maxlength="40" placeholder="a-z, 0-9, _" />
                  </label>
                  <label>Name for people <input name="name" maxlength="100" /></label>
                  <label>Organisation id, if you want it checked <input name="org" maxlength="36" /></label>
                  <label
                    >Days to load, back from now <input name="days" type="number" min="0" max="1100" value="1"
                  /></label>
                  <label>Time zone of reports <input name="timeZone" value="UTC" maxlength="60" /></label>`
              : html`<input type="hidden" name="org" value="${again.orgId}" />`
          }
          <details>
            <summary>Nobody has to consent: a Service App, or a refresh token</summary>
            <label>
              Refresh token that you have
              <input name="refreshToken" type="password" maxlength="2000" autocomplete="off" />
            </label>
            <p>Or, for the first token of a Service App, whose organisation id is needed above:</p>
            <label>Application id <input name="applicationId" maxlength="200" /></label>
            <label>
              Personal token with spark:applications_token; it is not kept
              <input name="applicationsToken" type="password" maxlength="2000" autocomplete="off" />
            </label>
          </details>
          <button>Next</button>
        </form>
      </article>`,
  )
}

const ATTRIBUTE_SELECTED: Html = { markup: 'selected' }

function renderSources(sources: readonly Source[]): Html {
  return html`<article class="source">
    <h1>Connected</h1>
    <table>
      <tbody>
        ${sources.map(
          (source) =>
            html`<tr>
              <th scope="row">${source.displayName}</th>
              <td>${source.dataCenter}</td>
              <td>${source.state}</td>
              <td><a href="/connect/sources/${source.key}">Doctor</a></td>
              <td><a href="/connect?again=${source.key}">Connect again</a></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </article>`
}

/** A link, and not a redirect of the form: the browser is told in words where it goes, and our policy lets no form leave this board. */
export function renderConsentLink(url: string, person: Person): string {
  return page(
    person,
    html`<article class="source">
      <h1>Consent</h1>
      <p>
        Webex asks an administrator of the contact centre to sign in and to accept. A browser that is signed in to
        another organisation consents for that one: sign out there first, or use a private window.
      </p>
      <p><a class="button" href="${url}">Go to Webex and consent</a></p>
    </article>`,
  )
}

const SIGNS = { good: '✓ ok', warn: '◔ look', bad: '✗ bad', skipped: '– not tried' } as const
const CLASSES = { good: 'good', warn: 'waiting', bad: 'bad', skipped: '' } as const

/** The doctor's table of one source and of the places around it. */
export function renderDoctor(source: Source, findings: readonly Finding[], person: Person): string {
  const isBad = findings.some(({ verdict }) => verdict === 'bad')
  return page(
    person,
    html`<article class="source">
      <div class="headline">
        <h1>${source.displayName}</h1>
        ${
          isBad
            ? html`<p class="verdict bad">Something is bad; what to do stands beside it.</p>`
            : html`<p class="verdict good">Connected; nothing is bad.</p>`
        }
      </div>
      <div class="scroll" tabindex="0" role="group" aria-label="What the doctor found">
        <table>
          <thead>
            <tr>
              <th scope="col">Check</th>
              <th scope="col">Verdict</th>
              <th scope="col">Found</th>
              <th scope="col">What to do</th>
            </tr>
          </thead>
          <tbody>
            ${findings.map(
              ({ check, verdict, found, advice }) =>
                html`<tr>
                  <th scope="row">${check}</th>
                  <td><b class="${CLASSES[verdict]}">${SIGNS[verdict]}</b></td>
                  <td>${found}</td>
                  <td>${advice ?? ''}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <p>
        <a href="/connect/sources/${source.key}">Look again</a> ·
        <a href="/connect?again=${source.key}">Connect again</a>
      </p>
    </article>`,
  )
}

/** Something is missing or went wrong before there is a form to show. */
export function renderConnectTrouble(sentence: string, person: Person): string {
  return page(
    person,
    html`<article class="source">
      <h1>Connect</h1>
      <p class="verdict bad" role="alert">${sentence}</p>
      <p><a href="/connect">Begin again</a></p>
    </article>`,
  )
}
