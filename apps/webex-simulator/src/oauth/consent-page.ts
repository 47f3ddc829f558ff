import type { SimulatedOrg } from '../orgs.ts'
import type { Person, Role } from '../people/person.ts'
import type { AuthorizeRequest } from './authorize-request.ts'
import { choiceOf } from './offered-people.ts'
import type { OfferedPeople, SignedIn } from './offered-people.ts'
import { escapeHtml, page } from './page-frame.ts'
import { wordsOf } from './scopes.ts'

export interface ConsentPage {
  readonly request: AuthorizeRequest
  /** Stands for the request in the forms, so that nothing of it can be changed on the way. */
  readonly ticket: string
  /** Who is signed in in this browser, else whom one may sign in as. */
  readonly who: SignedIn | OfferedPeople
}

const ROLE_WORDS: Readonly<Record<Role, string>> = {
  'full-administrator': 'Full administrator',
  'read-only-administrator': 'Read-only administrator',
  'contact-center-administrator': 'Contact Center administrator',
  supervisor: 'Supervisor',
  agent: 'Agent',
  'service-app': 'Service app',
}

const rolesOf = (person: Person) => person.roles.map((role) => ROLE_WORDS[role]).join(', ')

function radio(org: SimulatedOrg, person: Person, chosen: string): string {
  const value = choiceOf(org, person)
  return `<label><input type="radio" name="person" value="${escapeHtml(value)}" required${value === chosen ? ' checked' : ''}>
<span>${escapeHtml(rolesOf(person))} <small>${escapeHtml(person.displayName)}, ${escapeHtml(person.email)}</small></span></label>`
}

function signIn({ choices, chosen }: OfferedPeople): string {
  const lists = choices.map(
    ({ org, people }) => `<fieldset><legend>${escapeHtml(org.name)} <small>${escapeHtml(org.region)}</small></legend>
${people.map((person) => radio(org, person, chosen)).join('\n')}
</fieldset>`,
  )
  return `<h2>Sign in as</h2>\n${lists.join('\n')}`
}

/** Forms cannot lie in each other, so signing out has one of its own. */
function signedIn({ org, person }: SignedIn, ticket: string): string {
  return `<h2>Signed in</h2>
<form method="post" action="/v1/authorize/sign-out" class="who">
<input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
<p><strong>${escapeHtml(person.displayName)}</strong> of <strong>${escapeHtml(org.name)}</strong><br><small>${escapeHtml(rolesOf(person))}, ${escapeHtml(person.email)}</small></p>
<button type="submit">Sign out</button>
</form>`
}

/** Asks a person to sign in and to let the app do what it asks for. Needs no script. */
export function consentPage({ request, ticket, who }: ConsentPage): string {
  const { app, scopes, redirectUri } = request
  const scopeList = scopes.map((scope) => `<li>${escapeHtml(wordsOf(scope))}<code>${escapeHtml(scope)}</code></li>`)
  const { protocol, host } = new URL(redirectUri)
  return page(
    `Allow ${app.name}?`,
    `<h1>${escapeHtml(app.name)}</h1>
<p class="soft">asks for access to your organization.</p>
${'org' in who ? signedIn(who, ticket) : ''}
<form method="post" action="/v1/authorize">
<input type="hidden" name="ticket" value="${escapeHtml(ticket)}">
${'org' in who ? '' : signIn(who)}
<h2>It would be able to</h2>
<ul>
${scopeList.join('\n')}
</ul>
<div class="actions">
<button type="submit" class="main" name="decision" value="accept">Accept</button>
<button type="submit" name="decision" value="decline" formnovalidate>Decline</button>
</div>
<p class="soft"><small>Either way you return to ${escapeHtml(`${protocol}//${host}`)}.</small></p>
</form>`,
  )
}

/** An error that must not go to the app's address, since that cannot be trusted. */
export function refusalPage(reason: string): string {
  return page(
    'This request cannot be answered',
    `<h1>This request cannot be answered</h1>
<p>${escapeHtml(reason)}</p>
<p class="soft">Close this page and start again from the app.</p>`,
  )
}
