import { createHash } from 'node:crypto'

/** Text in HTML, attribute values in double quotes included. */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)

const STYLE = `
:root { color-scheme: light dark; --ink: #16202c; --soft: #55616f; --line: #cfd6de; --ground: #eef1f4; --card: #fff; --accent: #00619f; --on-accent: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9edf2; --soft: #a6b1bd; --line: #3d4854; --ground: #12171d; --card: #1c232b; --accent: #6cc1f5; --on-accent: #06202f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
.note { margin: 0; padding: .5rem 1rem; text-align: center; color: var(--soft); font-size: .875rem; border-bottom: 1px solid var(--line); }
main { max-width: 36rem; margin: 2rem auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1.0625rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.soft, small { color: var(--soft); }
ul { margin: .5rem 0; padding: 0; list-style: none; }
li { padding: .5rem 0; border-top: 1px solid var(--line); }
li code { display: block; color: var(--soft); font-size: .8125rem; }
fieldset { margin: 0 0 1rem; padding: 0; border: 1px solid var(--line); border-radius: .5rem; min-width: 0; }
legend { margin-left: .75rem; padding: 0 .375rem; font-weight: 600; }
label { display: flex; gap: .75rem; align-items: baseline; padding: .5rem 1rem; cursor: pointer; }
label:last-child { padding-bottom: .75rem; }
label:hover { background: color-mix(in srgb, var(--accent) 8%, transparent); }
label span { min-width: 0; overflow-wrap: anywhere; }
label small { display: block; }
input[type=radio] { accent-color: var(--accent); flex: none; width: 1rem; height: 1rem; position: relative; top: .125rem; }
.who { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.who p { flex: 1 1 14rem; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button { min-height: 2.75rem; padding: 0 1.5rem; border: 1px solid var(--accent); border-radius: .5rem; background: transparent; color: var(--accent); font: inherit; font-weight: 600; cursor: pointer; }
button.main { background: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.who button { min-height: 2.25rem; padding: 0 1rem; }
@media (max-width: 40rem) {
  main { margin: 0; padding: 1.25rem; border: 0; border-radius: 0; min-height: 100vh; }
  .actions button { flex: 1; }
}
`

/**
 * Sent with every page: nothing from elsewhere, no script, no frames. Forms may lead to any web address, for browsers apply the rule to the redirects
 * that follow an answer too, and those are the app's. @param scheme of an app's own kind of address, such as `myapp:`
 */
export function pageHeaders(scheme?: string): Readonly<Record<string, string>> {
  const hash = createHash('sha256').update(STYLE).digest('base64')
  const own =
    scheme === undefined || /^https?:$/.test(scheme) || !/^[a-z][a-z0-9+.-]*:$/.test(scheme) ? '' : ` ${scheme}`
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' http: https:${own}; base-uri 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

/** A whole page. @param body HTML */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<p class="note">Webex Contact Center simulator: nobody here is real, and no password is needed.</p>
<main>
${body}
</main>
</body>
</html>
`
}
