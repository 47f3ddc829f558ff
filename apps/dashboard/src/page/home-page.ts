import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { Person } from '@wxcc/db/board-session'
import type { DayFigures } from '../read/completeness.ts'
import type { Overview, SourceOverview } from '../read/overview.ts'
import { renderLegend, renderMap } from './completeness-map.ts'
import { type Html, html, nothing } from './html.ts'
import { renderHistory } from './history-panel.ts'
import { renderShell } from './shell.ts'
import { renderBacklog, renderCaptures, renderDeadLetters, renderRequests } from './work-panels.ts'
import { formatAge, formatCount, formatDay, formatMoment } from './wording.ts'

// Slow enough to read a tooltip, fast enough to watch a load.
const REFRESH_SECONDS = 10

/** The home page: may each day be trusted, and what is being done about the rest. */
export function renderHomePage(overview: Overview, person: Person): string {
  return renderShell({
    title: titleOf(overview),
    at: '/',
    person,
    refreshSeconds: REFRESH_SECONDS,
    aside: html`<p class="now">
      As of <time datetime="${new Date(overview.nowMs).toISOString()}">${formatMoment(overview.nowMs)} UTC</time>
    </p>`,
    main: html`${overview.sources.length === 0 ? renderNoSource() : overview.sources.map((s) => renderSource(s, overview.nowMs))}
    ${renderDeadLetters(overview.deadLetters)}`,
  })
}

/** The browser tab tells the verdict too. */
function titleOf(overview: Overview): string {
  const behind = overview.sources.reduce((sum, source) => sum + source.due.windows, 0)
  return behind === 0 ? 'Complete' : `${formatCount(behind)} behind`
}

function renderNoSource(): Html {
  return html`<section class="source">
    <h1>No data source yet</h1>
    <p class="verdict">
      <a href="/connect">Connect an organisation</a>, or <code>pnpm wxcc connect</code>; its quarter hours appear here.
    </p>
  </section>`
}

function renderSource(source: SourceOverview, nowMs: number): Html {
  return html`<article class="source">
    <div class="headline">
      <h1>${source.displayName}</h1>
      ${renderVerdict(source, nowMs)} ${renderConnection(source.connection, nowMs)}
    </div>
    ${renderDays(source.days, nowMs)}
    <section>
      <h2>Quarter hours</h2>
      ${renderLegend()} ${source.maps.map(renderMap)}
      ${
        source.olderGaps.oldestMs === null
          ? nothing
          : html`<p class="note">
              Before these days, ${formatCount(source.olderGaps.windows)} quarter hours are not complete yet; the oldest
              begins ${formatMoment(source.olderGaps.oldestMs)}.
            </p>`
      }
    </section>
    <div class="panels">
      ${renderBacklog(source.backlog)} ${renderCaptures(source.captures)}
      ${renderRequests(source.requests, source.budget)} ${renderHistory(source.history)}
    </div>
  </article>`
}

function renderVerdict(source: SourceOverview, nowMs: number): Html {
  if (source.state !== 'active') {
    return html`<p class="verdict bad">This source is ${source.state}; nothing is asked of the vendor.</p>`
  }
  const { windows, oldestMs } = source.due
  if (oldestMs === null) {
    return source.maps.length === 0
      ? html`<p class="verdict">No quarter hour has been opened yet.</p>`
      : html`<p class="verdict good">Every quarter hour that is due is complete.</p>`
  }
  return html`<p class="verdict waiting">
    ${formatCount(windows)} ${windows === 1 ? 'quarter hour is' : 'quarter hours are'} due and not proved yet; the
    oldest begins ${formatMoment(oldestMs)} (${formatAge(nowMs - oldestMs)} ago).
  </p>`
}

/** Said before it hurts: an end that comes, or why nothing can be asked. */
function renderConnection(connection: SourceOverview['connection'], nowMs: number): Html {
  if (connection === null || connection.alarmedDays === null) return nothing
  const { alarmedDays, endsAtMs, consentCode } = connection
  if (alarmedDays === 0) {
    const why = FAILURES[(consentCode ?? 'consent_needed') as FailureCode]
    return html`<p class="verdict bad" role="alert">The connection is lost. ${why}</p>`
  }
  return html`<p class="verdict waiting" role="alert">
    The connection ends in ${endsAtMs === null ? 'a while' : formatAge(endsAtMs - nowMs)}: consent again (wxcc connect).
  </p>`
}

function renderDays(days: readonly DayFigures[], nowMs: number): Html {
  if (days.length === 0) return nothing
  return html`<section>
    <h2>May I trust the day?</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Figures by day">
      <table>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col" class="figure">Tasks stored</th>
            <th scope="col" class="figure">Counted by the source</th>
            <th scope="col" class="figure">Still open</th>
            <th scope="col" class="figure">Quarter hours proved</th>
            <th scope="col">Agent time complete until</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          ${days.map((day) => renderDayRow(day, nowMs))}
        </tbody>
      </table>
    </div>
  </section>`
}

function renderDayRow(day: DayFigures, nowMs: number): Html {
  const isToday = day.day === new Date(nowMs).toISOString().slice(0, 10)
  const proved = day.taskWindowsVerified + day.sessionWindowsVerified
  const opened = day.taskWindows + day.sessionWindows
  return html`<tr>
    <th scope="row">${formatDay(Date.parse(day.day))}</th>
    <td class="figure">${figure(day.tasksStored)}</td>
    <td class="figure">${figure(day.tasksExpected)}</td>
    <td class="figure">${formatCount(day.tasksOpen)}</td>
    <td class="figure">${formatCount(proved)} / ${formatCount(opened)}</td>
    <td>${day.agentTimeCompleteUntilMs === null ? '–' : formatMoment(day.agentTimeCompleteUntilMs)}</td>
    <td>
      ${day.isComplete ? html`<b class="good">✓ ${isToday ? 'Complete so far' : 'Complete'}</b>` : html`<span class="waiting">◔ Not yet</span>`}
    </td>
  </tr>`
}

function figure(value: number | null): string {
  return value === null ? '–' : formatCount(value)
}
