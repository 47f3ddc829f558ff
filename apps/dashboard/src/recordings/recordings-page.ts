import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { Person } from '@wxcc/db/board-session'
import type { Recording } from '@wxcc/db/recordings'
import { type Html, html, nothing } from '../page/html.ts'
import { renderShell } from '../page/shell.ts'
import { formatCount, formatMoment } from '../page/wording.ts'

export interface RecordingsAsked {
  readonly task: string
  /** UTC, as `2026-11-23`; empty when a task is asked for. */
  readonly day: string
  readonly hasFiles: boolean
  /** There may be more than are shown. */
  readonly isCut: boolean
}

/** What is in custody of one task or one day, and why the rest is not. */
export function renderRecordings(found: readonly Recording[], asked: RecordingsAsked, person: Person): string {
  return renderShell({
    title: 'Recordings',
    at: '/recordings',
    person,
    main: html`<article class="source">
      <h1>Recordings and transcripts</h1>
      <form method="get" action="/recordings" class="row">
        <label>Task <input name="task" value="${asked.task}" size="40" autocomplete="off" /></label>
        <label>or day (UTC) <input name="day" type="date" value="${asked.day}" /></label>
        <button>Show</button>
      </form>
      ${found.length === 0 ? html`<p class="note">Nothing is expected or stored here.</p>` : renderTable(found, asked)}
      ${asked.isCut ? html`<p class="note">The first ${formatCount(found.length)} are shown.</p>` : nothing}
      <p class="note">Opening a file is noted with its time, without a name.</p>
    </article>`,
  })
}

function renderTable(found: readonly Recording[], { hasFiles }: RecordingsAsked): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Recordings">
    <table>
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">Conversation began</th>
          <th scope="col">What</th>
          <th scope="col">State</th>
          <th scope="col" class="figure">Seconds</th>
          <th scope="col" class="figure">Bytes</th>
          <th scope="col">Agent on</th>
          <th scope="col">File</th>
        </tr>
      </thead>
      <tbody>
        ${found.map((one) => renderRow(one, hasFiles))}
      </tbody>
    </table>
  </div>`
}

function renderRow(one: Recording, hasFiles: boolean): Html {
  const isStored = one.state === 'stored'
  return html`<tr>
    <th scope="row"><a href="/recordings?task=${encodeURIComponent(one.taskId)}">${one.taskId}</a></th>
    <td>${formatMoment(one.conversationStart.getTime())}</td>
    <td>${one.callType === null ? one.kind : `${one.kind}, ${one.callType}`}</td>
    <td class="sentence">
      ${
        isStored
          ? html`<b class="good">✓ stored</b> ${one.findings.join(', ').replaceAll('_', ' ')}`
          : html`<span class="waiting">${one.state.replaceAll('_', ' ')}</span> ${reasonOf(one)}`
      }
    </td>
    <td class="figure">${one.durationMs === null ? '–' : formatCount(Math.round(one.durationMs / 1_000))}</td>
    <td class="figure">${one.byteSize === null ? '–' : formatCount(one.byteSize)}</td>
    <td>${one.agentChannel === null ? '–' : `channel ${one.agentChannel}`}</td>
    <td>${isStored && hasFiles ? html`<a href="/recordings/${one.captureId}/file">open</a>` : '–'}</td>
  </tr>`
}

function reasonOf({ reason }: Recording): string {
  return reason === null ? '' : (FAILURES[reason as FailureCode] ?? reason)
}
