import type { Database } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { readSealingKey } from '@wxcc/db/seal'
import { sql } from 'kysely'
import type { Demo } from '../demo/start-demo.ts'
import type { Canary } from './find.ts'

/** In an error message and in an unknown member of the vendor's: documented fiction, and nowhere in the simulated world. */
const PERSON_IN_ERROR = 'canary.7q@example.org'
const PERSON_IN_FIELD = '+1 555 0177 canary'

/** Shorter values stand in too many innocent texts. */
const SHORTEST = 7

/** Bad days of the vendor's that tempt a program to print what it just read. All of them pass by themselves. */
const FAULTS = [
  {
    match: { path: '/search' },
    times: 2,
    fault: { kind: 'graphqlErrors', message: `no record for ${PERSON_IN_ERROR}` },
  },
  { match: { path: '/search' }, skip: 2, times: 2, fault: { kind: 'malformedJson' } },
  { match: { path: '/search' }, skip: 4, times: 2, fault: { kind: 'status', status: 500 } },
  { match: { path: '/search' }, skip: 6, fault: { kind: 'unknownField', value: PERSON_IN_FIELD } },
  { match: { path: '/_files' }, times: 2, fault: { kind: 'expireLinks' } },
]

export async function plantFaults(simulatorUrl: string): Promise<void> {
  const answer = await fetch(`${simulatorUrl}/_sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(FAULTS),
  })
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}`)
}

/** Every secret of a running demo, and every person in schema `pii`. */
export async function canariesOf(demo: Demo): Promise<Canary[]> {
  return [...(await secretsOf(demo)), ...(await peopleOf(demo.db))]
}

async function secretsOf(demo: Demo): Promise<Canary[]> {
  const { credential_id: id } = await demo.db
    .selectFrom('etl.credential')
    .select('credential_id')
    .executeTakeFirstOrThrow()
  const stored = await openCredentials(demo.db, readSealingKey(demo.secretsKey)).read(id)
  return [
    { name: 'client secret', text: stored.clientSecret.reveal() },
    { name: 'refresh token', text: stored.refreshToken.reveal() },
    { name: 'access token', text: stored.accessToken!.reveal() },
    { name: 'SECRETS_KEY', text: demo.secretsKey },
    { name: 'CONTACT_KEY', text: demo.contactKey },
    { name: 'password of the board', text: demo.boardPassword },
    { name: 'the vendor’s words', text: PERSON_IN_ERROR },
    { name: 'the vendor’s unknown member', text: PERSON_IN_FIELD },
  ]
}

/** Short texts of turns are nobody's in particular: a mail's subject "Cancellation" is also a reason for calls. */
async function peopleOf(db: Database): Promise<Canary[]> {
  const { rows } = await sql<Canary>`
    select distinct * from (
      select 'pii.contact_identity' as name, unnest(array[raw_value, normalized_value, display_name]) as text from pii.contact_identity
      union all select 'pii.conversation_detail', unnest(array[customer_name, survey_comment]) from pii.conversation_detail
      union all select 'pii.turn_content', text from pii.turn_content, unnest(array[subject, body_text]) as text where length(text) > 20
    ) found where length(text) >= ${SHORTEST}`.execute(db)
  return rows
}
