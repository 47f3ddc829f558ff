/** Public samples leave blanks: `{{now() | epoch(…)}}`, `{from}`, `" ___ "`, bare `F` and `T`. Each is filled by what stands before it. */

/** A day to ask about where a sample names none. Epoch ms. */
export const BLANK_FROM = Date.parse('2024-01-14T00:00:00Z')
export const BLANK_TO = Date.parse('2024-01-15T00:00:00Z')

const BLANK = String.raw`(?:\{\{[^{}]*\}\}|\$\{[^{}]*\}|\{\s*\w+\s*\}|<[^<>"]*>|_+|[A-Z]\b)`
const FROM = new RegExp(String.raw`\b((?:from|start)\w*"?\s*:\s*)"?\s*${BLANK}(?:\s*")?`, 'g')
const TO = new RegExp(String.raw`\b((?:to|toDate|toTime|end|endTime|endDate)"?\s*:\s*)"?\s*${BLANK}(?:\s*")?`, 'g')
const QUOTED_REST = /"([^"\n]*)\{\{[^{}]*\}\}([^"\n]*)"/g
const BARE_REST = /\{\{[^{}]*\}\}/g

/** The text with every blank filled in: times of one day, and a word anywhere else. */
export function fillIn(text: string): string {
  return text
    .replaceAll(FROM, `$1${BLANK_FROM}`)
    .replaceAll(TO, `$1${BLANK_TO}`)
    .replaceAll(QUOTED_REST, '"$1filled$2"')
    .replaceAll(BARE_REST, '"filled"')
}
