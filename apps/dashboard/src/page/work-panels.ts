import { CAPTURE_KINDS, CAPTURE_STATES, type FetchState, LANES, type Lane } from '@wxcc/contracts/ledger'
import type { BudgetStatus } from '@wxcc/db/budget-status'
import type { BacklogRow, CaptureRow, DeadLetter, RequestsSpent } from '../read/work.ts'
import { type Html, html, nothing } from './html.ts'
import { CAPTURE_WORDS, FETCH_WORDS, formatBytes, formatCount, formatMoment } from './wording.ts'

const LANE_WORDS: Record<Lane, string> = { live: 'Live', repair: 'Repair', history: 'History', audio: 'Audio' }

/** Fetches by lane and state. */
export function renderBacklog(backlog: readonly BacklogRow[]): Html {
  const states = Object.keys(FETCH_WORDS) as FetchState[]
  const of = (lane: Lane, state: FetchState) => backlog.find((b) => b.lane === lane && b.state === state)?.fetches ?? 0
  return html`<section class="panel">
    <h2>Backlog</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Lane</th>
          ${states.map((state) => html`<th scope="col" class="figure">${FETCH_WORDS[state]!}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${LANES.map(
          (lane) =>
            html`<tr>
              <th scope="row">${LANE_WORDS[lane]}</th>
              ${states.map((state) => renderFigure(of(lane, state), state === 'failed'))}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}

/** Recordings, transcripts and attachments by what became of them. */
export function renderCaptures(captures: readonly CaptureRow[]): Html {
  const kinds = CAPTURE_KINDS.filter((kind) => captures.some((c) => c.kind === kind))
  const states = CAPTURE_STATES.filter((state) => captures.some((c) => c.state === state))
  const storedBytes = captures.filter((c) => c.state === 'stored').reduce((sum, c) => sum + c.bytes, 0)
  if (kinds.length === 0) {
    return html`<section class="panel">
      <h2>Captures</h2>
      <p class="note">No task has asked for one yet.</p>
    </section>`
  }
  const of = (kind: string, state: string) => captures.find((c) => c.kind === kind && c.state === state)?.captures ?? 0
  return html`<section class="panel">
    <h2>Captures</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">State</th>
          ${kinds.map((kind) => html`<th scope="col" class="figure">${KIND_WORDS[kind]}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${states.map(
          (state) =>
            html`<tr>
              <th scope="row">${CAPTURE_WORDS[state]}</th>
              ${kinds.map((kind) => renderFigure(of(kind, state), state === 'refused' || state === 'corrupt'))}
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="note">${formatBytes(storedBytes)} stored</p>
  </section>`
}

const KIND_WORDS = { recording: 'Recordings', transcript: 'Transcripts', attachment: 'Attachments' }

/** What the request budget was spent on, and until when work waits for it. */
export function renderRequests(requests: readonly RequestsSpent[], budget: BudgetStatus | null): Html {
  const total = (pick: (spent: RequestsSpent) => number) => requests.reduce((sum, spent) => sum + pick(spent), 0)
  const throttled = total((spent) => spent.throttledThisHour)
  const failed = total((spent) => spent.failedThisHour)
  return html`<section class="panel">
    <h2>Requests to the vendor</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Lane</th>
          <th scope="col" class="figure">This hour</th>
          <th scope="col" class="figure">Last hour</th>
        </tr>
      </thead>
      <tbody>
        ${LANES.map((lane) => {
          const spent = requests.find((r) => r.lane === lane)
          return html`<tr>
            <th scope="row">${LANE_WORDS[lane]}</th>
            ${renderFigure(spent?.thisHour ?? 0)} ${renderFigure(spent?.lastHour ?? 0)}
          </tr>`
        })}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          ${renderFigure(total((spent) => spent.thisHour))} ${renderFigure(total((spent) => spent.lastHour))}
        </tr>
      </tfoot>
    </table>
    <p class="note">This hour ${formatCount(throttled)} throttled, ${formatCount(failed)} failed</p>
    ${budget === null ? nothing : renderWait(budget)}
  </section>`
}

/** Waiting is a state with a time, not a failure. */
function renderWait(budget: BudgetStatus): Html {
  const waiting = budget.requestsUnderWay + budget.requestsWaiting
  if (budget.closedUntil !== null)
    return html`<p class="note">
      Waits for the vendor until ${formatMoment(budget.closedUntil.getTime())}: it answered 429. Nothing is lost.
    </p>`
  if (budget.drainedAt === null) return nothing
  return html`<p class="note">
    ${formatCount(waiting)} requests wait for the budget of ${formatCount(budget.perMinute)} a minute until about
    ${formatMoment(budget.drainedAt.getTime())}${helpOf(budget)}
  </p>`
}

function helpOf(budget: BudgetStatus): string {
  if (budget.isTheLimit) return '. More workers will not help'
  return budget.areWorkersTheLimit ? '. Less is sent than allowed: more workers would help' : ''
}

function renderFigure(value: number, isBad = false): Html {
  const tone = value === 0 ? ' zero' : isBad ? ' bad' : ''
  return html`<td class="figure${tone}">${formatCount(value)}</td>`
}

/** Jobs that will not be tried again by themselves: a person decides. */
export function renderDeadLetters(letters: { readonly total: number; readonly latest: readonly DeadLetter[] }): Html {
  const hidden = letters.total - letters.latest.length
  return html`<section class="letters">
    <h2>Dead letters</h2>
    ${
      letters.total === 0
        ? html`<p class="note">None. Nothing waits for a person.</p>`
        : html`<div class="scroll" tabindex="0" role="group" aria-label="Dead letters">
            <table>
              <thead>
                <tr>
                  <th scope="col">Last seen</th>
                  <th scope="col">Job</th>
                  <th scope="col">Code</th>
                  <th scope="col">What it means</th>
                  <th scope="col" class="figure">Attempts</th>
                </tr>
              </thead>
              <tbody>
                ${letters.latest.map(renderLetter)}
              </tbody>
            </table>
          </div>`
    }
    ${hidden > 0 ? html`<p class="note">and ${formatCount(hidden)} older ones in etl.dead_letter</p>` : nothing}
  </section>`
}

function renderLetter(letter: DeadLetter): Html {
  return html`<tr>
    <td>${formatMoment(letter.lastAtMs)}</td>
    <td><code>${letter.jobId}</code></td>
    <td><code>${letter.code}</code></td>
    <td class="sentence">${letter.sentence}</td>
    ${renderFigure(letter.attempts)}
  </tr>`
}
