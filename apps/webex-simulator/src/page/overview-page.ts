import type { OrgOutline } from '../control/outline-org.ts'
import { escapeHtml } from '../oauth/page-frame.ts'
import { PRESETS } from './presets.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

export interface OverviewOptions {
  readonly orgs: readonly OrgOutline[]
  readonly persona: string
  /** Settings that differ from the defaults, without secrets. */
  readonly changed: Readonly<Record<string, string>>
  /** Where a browser may ask for consent. */
  readonly authorizeUrl: string
  /** Address the page was asked at. */
  readonly origin: string
  readonly clientId: string
}

const QUARTER_MS = 15 * 60_000
const STEPS = [
  ['15 minutes', QUARTER_MS],
  ['1 hour', 4 * QUARTER_MS],
  ['1 day', 96 * QUARTER_MS],
] as const
const SPEEDS = [0, 1, 10, 60, 600]

const day = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
const table = (id: string, caption: string, heads: readonly string[]) =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><thead><tr>${heads.map(headCell).join('')}</tr></thead><tbody id="${id}"></tbody></table></div>`
/** A title that ends in `#` stands over numbers. */
const headCell = (title: string) =>
  title.endsWith('#')
    ? `<th scope="col" class="number">${title.slice(0, -1)}</th>`
    : `<th scope="col">${title === '' ? '<span aria-hidden="true"></span>' : title}</th>`

function orgRow({ id, name, region, seed, history, users, tasksInLastDay }: OrgOutline): string {
  const source = seed === null ? 'recorded' : `generated, seed ${seed}`
  const size = [users, tasksInLastDay].map((value) => `<td class="number">${value.toLocaleString('en')}</td>`)
  return `<tr><td><strong>${escapeHtml(name)}</strong><br><code>${escapeHtml(id)}</code></td><td>${escapeHtml(region)}</td><td>${escapeHtml(source)}</td><td>${day(history.fromMs)} – ${day(history.toMs)}</td>${size.join('')}</tr>`
}

function personaText({ persona, changed }: OverviewOptions): string {
  const settings = Object.entries(changed).map(([key, value]) => `<code>${escapeHtml(`${key}=${value}`)}</code>`)
  const differing = settings.length === 0 ? 'every setting at its default' : settings.join(', ')
  return `<p class="soft">Persona <strong>${escapeHtml(persona)}</strong>; ${differing}.</p>`
}

const curl = ({ origin, clientId }: OverviewOptions) => `curl -s ${origin}/v1/access_token \\
  -d grant_type=refresh_token -d client_id=${clientId} \\
  -d client_secret=$SIM_CLIENT_SECRET \\
  -d refresh_token=$SIM_REFRESH_TOKEN`

/** The page at `/`: what is served, to whom and how it goes. */
export function overviewPage(options: OverviewOptions): string {
  const { orgs, authorizeUrl } = options
  const presets = JSON.stringify(PRESETS.map(({ request }) => request)).replaceAll('<', String.raw`\u003c`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webex Contact Center simulator</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>Webex Contact Center simulator</h1><span class="soft">nobody here is real</span></header>
<p id="problem" role="alert" hidden></p>
<main>
<section class="wide" aria-labelledby="orgs-title"><h2 id="orgs-title">Organizations</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Organizations"><table><thead><tr>${['Organization', 'Region', 'World', 'History (UTC)', 'Users#', 'Tasks in the last 24 h#'].map(headCell).join('')}</tr></thead><tbody id="orgs">${orgs.map(orgRow).join('')}</tbody></table></div>
${personaText(options)}</section>
<section aria-labelledby="clock-title"><h2 id="clock-title">Clock</h2>
<p class="moment" id="now">…</p><p class="soft" id="pace">…</p>
<div class="row"><span>Advance</span>${STEPS.map(([name, ms]) => `<button type="button" data-advance="${ms}">${name}</button>`).join('')}</div>
<div class="row"><label for="speed">Speed</label><select id="speed">${SPEEDS.map((speed) => `<option value="${speed}">${speed === 0 ? 'stopped' : `${speed} ×`}</option>`).join('')}</select></div></section>
<section aria-labelledby="start-title"><h2 id="start-title">First token</h2>
<pre tabindex="0" aria-label="Command for a token">${escapeHtml(curl(options))}</pre>
<p class="soft">Secret and refresh token are those it was started with (<code>--help</code> names the defaults).</p>
<p>Or <a href="${escapeHtml(authorizeUrl)}">see the consent screen</a>, as people do who connect an app.</p>
<p class="soft">All calls of ours: <a href="/_sim/">/_sim/</a>, <a href="/metrics">/metrics</a>. The rest is in README.md: Start, Settings, Control plane, Faults.</p></section>
<section aria-labelledby="traffic-title"><h2 id="traffic-title">Traffic</h2><p id="calls" class="soft">…</p>
${table('endpoints', 'Calls by endpoint and status', ['Endpoint', 'Status#', 'Calls#'])}</section>
<section aria-labelledby="clients-title"><h2 id="clients-title">Clients, this minute</h2>
${table('clients', 'Calls by client', ['Client', '', 'Calls#', 'Refused#'])}
<h2 class="next">Rows served</h2>${table('served', 'Rows by root', ['Root', 'Rows#', 'Different#'])}</section>
<section class="wide" aria-labelledby="faults-title"><h2 id="faults-title">Faults</h2>
<div class="row"><label for="preset">Add</label><select id="preset">${PRESETS.map(({ name }, at) => `<option value="${at}">${escapeHtml(name)}</option>`).join('')}</select><button type="button" class="main" id="add">Add fault</button><button type="button" id="clear" disabled>Clear all</button></div>
<p id="dropped" class="bad"></p>
${table('faults', 'Faults', ['Kind', 'How and where', 'Hits#', ''])}</section>
<section class="wide" aria-labelledby="log-title"><h2 id="log-title">Latest requests</h2>
${table('log', 'Latest requests', ['Simulated time (UTC)', 'Request', 'Roots', 'Client', 'Status#', 'Rows#', 'Bytes#', 'ms#'])}</section>
</main>
<footer>Times are the simulated clock’s. Everything shown here is invented.</footer>
<script type="application/json" id="presets">${presets}</script>
<script>${SCRIPT}</script>
</body>
</html>
`
}
