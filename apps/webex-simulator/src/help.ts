import { PERSONAS } from './personas.ts'
import { SETTING_LINES } from './settings-lines.ts'

/** Settings by what somebody looks for; whatever is in no group stands under the last title. */
const GROUPS: readonly (readonly [title: string, pattern: RegExp])[] = [
  ['Where it listens, and as what', /^SIM_(PERSONA|PORT|HOST)$/],
  [
    'The world',
    /^SIM_(SEED|TASKS_|RECORDS|AGENTS|DAYS|MONTHS|TIME_ZONE|ORG_ID|REGION|ORGS|DATASET|WORLD_|HISTORY_|LOST_|DROP_)/,
  ],
  ['The clock', /^SIM_CLOCK_/],
  ['Tokens and the rate limit', /^SIM_(CLIENT_|REFRESH_|ACCESS_|AUTHORIZATION_|SCOPES|REDIRECT_|TOKEN_|RATE_|WRONG_)/],
  ['Search', /^SIM_(WINDOW_|SPAN_|INNER_|INDEX_|LAST_|REPLICAS|EMPTY_|GRAPHQL_|LIMIT_|INTROSPECTION)/],
  ['Captures', /^SIM_(CAPTURES_|OPEN_|VOICE_|DIGITAL_|LATE_|MONO_)/],
  ['Webhooks', /^SIM_WEBHOOK_/],
  ['Other', /^/],
]

const INTRO = `Webex Contact Center on a local port: tokens, Search, Captures, tasks, statistics, webhooks, configuration, people.

Usage: pnpm simulator [--help | --personas]

Settings come from the environment. Without any, it serves an invented contact centre of 2,000 tasks a day on a free
port, and prints one line of JSON that names it; open that address in a browser to look inside.

Examples:
  SIM_PORT=4000 pnpm simulator
  SIM_PERSONA=lagging-index SIM_CLOCK_SPEED=60 pnpm simulator
  SIM_TASKS_PER_MONTH=1000000 SIM_MONTHS=13 pnpm simulator
  SIM_DATASET=./my-records pnpm simulator`

/** The text of `--help`: every setting with its default. */
export function helpText(): string {
  const groupOf = (name: string) => GROUPS.findIndex(([, pattern]) => pattern.test(name))
  const groups = GROUPS.map(([title], at) => {
    const lines = SETTING_LINES.filter(({ name }) => groupOf(name) === at)
    return lines.length === 0 ? [] : [`${title}:\n${lines.map(settingText).join('\n')}`]
  })
  return [INTRO, ...groups.flat(), personaText()].join('\n\n')
}

function settingText({ name, text, preset, choices }: (typeof SETTING_LINES)[number]): string {
  const notes = [choices.length === 0 ? [] : [choices.join(' | ')], preset === undefined ? [] : [`default ${preset}`]]
  const about = notes.flat().join('; ')
  return `  ${name}${about === '' ? '' : `  (${about})`}\n      ${text}`
}

/** The text of `--personas`: what each changes. */
export function personaText(): string {
  const lines = Object.entries(PERSONAS).map(([name, changes]) => {
    const settings = Object.entries(changes).map(([key, value]) => `${key}=${value}`)
    return `  ${name.padEnd(16)}  ${settings.length === 0 ? 'every setting at its default' : settings.join(' ')}`
  })
  return `Personas (SIM_PERSONA; settings given by name win):\n${lines.join('\n')}`
}

/** What the command line asks for instead of a server, and what to say of one that cannot be understood. */
export function readArguments(
  words: readonly string[],
): { readonly kind: 'serve' } | { readonly kind: 'say' | 'refuse'; readonly text: string } {
  const [word] = words
  if (word === undefined) return { kind: 'serve' }
  if (words.length === 1 && (word === '--help' || word === '-h')) return { kind: 'say', text: helpText() }
  if (words.length === 1 && word === '--personas') return { kind: 'say', text: personaText() }
  const strange = words.find((one) => !['--help', '-h', '--personas'].includes(one)) ?? words.join(' ')
  return {
    kind: 'refuse',
    text: `${strange}: no such argument. Settings come from the environment (SIM_PORT=4000 pnpm simulator); see --help.`,
  }
}
