import type { SourceOverview } from '../read/overview.ts'
import { type Html, html, nothing } from './html.ts'
import { formatBytes, formatCount, formatDate, formatMoment } from './wording.ts'

/** What lies before a source's first quarter hour: how much of it is proved, and when it will be done. Nothing when none was planned. */
export function renderHistory(history: SourceOverview['history']): Html {
  if (history === null) return nothing
  const { from, until, part, recordsProved, recordsTotal, requestsSent, requests, byteSize } = history
  const percent = Math.floor(part * 100)
  return html`<section class="panel">
    <h2>History</h2>
    <p>${formatDate(from.getTime())} to ${formatDate(until.getTime())}: ${renderStanding(history)}</p>
    <progress max="100" value="${percent}" aria-label="Records proved">${percent} %</progress>
    <table>
      <tbody>
        ${renderRow('Records proved', `${formatCount(recordsProved)} of ${formatCount(recordsTotal)} (${percent} %)`)}
        ${renderRow('Requests sent', `${formatCount(requestsSent)} of about ${formatCount(requests)}`)}
        ${renderRow('To be stored', `about ${formatBytes(byteSize)}`)}
      </tbody>
    </table>
  </section>`
}

function renderRow(what: string, figure: string): Html {
  return html`<tr>
    <th scope="row">${what}</th>
    <td class="figure">${figure}</td>
  </tr>`
}

function renderStanding({ standing, finishedAt, source }: NonNullable<SourceOverview['history']>): Html {
  switch (standing) {
    case 'planned':
      return html`<span class="waiting">planned, not begun: <code>wxcc apply --source ${source}</code></span>`
    case 'paused':
      return html`<span class="waiting">paused: <code>wxcc history resume --source ${source}</code></span>`
    case 'running':
      return html`<span class="waiting"
        >${finishedAt === null ? 'running' : `done by about ${formatMoment(finishedAt.getTime())}`}</span
      >`
    case 'done':
      return html`<b class="good">✓ complete</b>`
    case 'cancelled':
      return html`cancelled`
    default:
      return standing satisfies never
  }
}
