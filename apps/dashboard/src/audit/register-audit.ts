import { type NotedAct, listActs } from '@wxcc/db/audit'
import type { Database } from '@wxcc/db/connect'
import type { FastifyInstance } from 'fastify'
import { personOf, requireOperator } from '../access/guard.ts'
import { type Html, html } from '../page/html.ts'
import { renderShell } from '../page/shell.ts'

const SHOWN = 500

/** `/audit`: what people did, the newest first. For operators: it names colleagues. */
export function registerAudit(scope: FastifyInstance, db: Database): void {
  scope.get('/audit', { onRequest: requireOperator }, async (request, reply) => {
    const page = renderShell({
      title: 'Audit',
      at: '/audit',
      person: personOf(request),
      main: renderActs(await listActs(db, SHOWN)),
    })
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page)
  })
}

function renderActs(acts: readonly NotedAct[]): Html {
  if (acts.length === 0)
    return html`<article class="source">
      <h1>Audit</h1>
      <p class="note">Nobody did anything yet.</p>
    </article>`
  return html`<article class="source">
    <h1>Audit</h1>
    <div class="scroll" tabindex="0" role="group" aria-label="What people did">
      <table>
        <thead>
          <tr>
            <th scope="col">When (UTC)</th>
            <th scope="col">Who</th>
            <th scope="col">By</th>
            <th scope="col">Did</th>
            <th scope="col">To</th>
            <th scope="col">With</th>
          </tr>
        </thead>
        <tbody>
          ${acts.map(
            (act) =>
              html`<tr>
                <td>${act.at.toISOString().slice(0, 19).replace('T', ' ')}</td>
                <td>${act.actor}</td>
                <td>${act.via}</td>
                <td>${act.action}</td>
                <td>${act.subject}</td>
                <td>${Object.entries(act.details).map(([name, value]) => html`${name} ${String(value)} `)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="note">
      The newest ${SHOWN} at most; all of them: <code>pnpm wxcc audit --limit</code>. Entries cannot be changed or
      removed.
    </p>
  </article>`
}
