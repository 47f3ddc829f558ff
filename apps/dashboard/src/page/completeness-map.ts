import type { WindowState } from '@wxcc/contracts/ledger'
import type { StreamDay, StreamMap, WindowCell } from '../read/completeness.ts'
import { type Html, html, nothing } from './html.ts'
import { STREAM_WORDS, WINDOW_WORDS, describeFinding, formatCount, formatDay, formatMoment } from './wording.ts'

/** The grid of one stream: a row per day, 96 cells a row. Each row tells its content in words too. */
export function renderMap(map: StreamMap): Html {
  return html`<section class="map">
    <h3>${STREAM_WORDS[map.stream]}</h3>
    <div class="scroll" tabindex="0" role="group" aria-label="${STREAM_WORDS[map.stream]}, quarter hours by day">
      <div class="hours" aria-hidden="true">${HOURS.map((hour) => html`<span>${hour}</span>`)}</div>
      ${map.days.map(renderDay)}
    </div>
    ${renderFindings(map)}
  </section>`
}

const HOURS = ['00:00', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00', '21:00']

function renderDay(day: StreamDay): Html {
  return html`<div class="day">
    <span class="label">${formatDay(day.dayStartMs)}</span>
    <div class="cells" role="img" aria-label="${describeDay(day)}">${day.cells.map(renderCell)}</div>
    <span class="proved">${countProved(day)}</span>
  </div>`
}

function renderCell(cell: WindowCell | null): Html {
  if (cell === null) return html`<i></i>`
  return html`<i class="${cell.state}" title="${formatMoment(cell.startMs)}: ${describeWindow(cell)}"
    >${WINDOW_WORDS[cell.state].sign}</i
  >`
}

/** One quarter hour in words: `records missing, 3 of 5 stored, 1 incomplete. <finding>`. */
export function describeWindow(cell: WindowCell): string {
  const stored = `${cell.stored ?? '–'} of ${cell.expected ?? '–'} stored`
  const incomplete = cell.incomplete ? `, ${cell.incomplete} incomplete` : ''
  const open = cell.openRecords ? `, ${cell.openRecords} still open` : ''
  const finding = cell.finding === null ? '' : `. ${describeFinding(cell.finding)}`
  return `${WINDOW_WORDS[cell.state].label}, ${stored}${incomplete}${open}${finding}`
}

/** A whole day in words, the states by how many quarter hours have them. */
export function describeDay(day: StreamDay): string {
  const counts = new Map<WindowState, number>()
  for (const cell of day.cells) {
    if (cell !== null) counts.set(cell.state, (counts.get(cell.state) ?? 0) + 1)
  }
  const parts = [...counts].map(([state, windows]) => `${windows} ${WINDOW_WORDS[state].label}`)
  return `${formatDay(day.dayStartMs)}: ${parts.join(', ')}`
}

function countProved(day: StreamDay): string {
  const opened = day.cells.filter((cell) => cell !== null)
  return `${opened.filter((cell) => PROVED.has(cell.state)).length} / ${opened.length}`
}

const PROVED: ReadonlySet<WindowState> = new Set(['verified', 'sealed'])
const TROUBLED: ReadonlySet<WindowState> = new Set(['short', 'over', 'failed'])
const FINDINGS_SHOWN = 12

function needsALook(cell: WindowCell): boolean {
  return TROUBLED.has(cell.state) || cell.finding !== null
}

function renderFindings(map: StreamMap): Html {
  const troubled = map.days.flatMap((day) => day.cells.filter((cell) => cell !== null).filter(needsALook))
  if (troubled.length === 0) return nothing
  const more = troubled.length - FINDINGS_SHOWN
  return html`<ul class="findings">
    ${troubled.slice(0, FINDINGS_SHOWN).map(
      (cell) =>
        html`<li>
          <i class="${cell.state}" aria-hidden="true">${WINDOW_WORDS[cell.state].sign}</i>
          <time datetime="${new Date(cell.startMs).toISOString()}">${formatMoment(cell.startMs)}</time>
          ${describeWindow(cell)}
        </li>`,
    )}
    ${more > 0 ? html`<li>and ${formatCount(more)} more</li>` : nothing}
  </ul>`
}

/** What the colours and signs mean. */
export function renderLegend(): Html {
  const states = Object.entries(WINDOW_WORDS) as [WindowState, { sign: string; label: string }][]
  return html`<ul class="legend" aria-label="Legend">
    ${states.map(([state, words]) => html`<li><i class="${state}" aria-hidden="true">${words.sign}</i>${words.label}</li>`)}
  </ul>`
}
