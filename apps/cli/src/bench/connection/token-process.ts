import { connectDatabase } from '@wxcc/db/connect'
import { openCredentials } from '@wxcc/db/credential'
import { readSealingKey } from '@wxcc/db/seal'
import { httpClock } from '@wxcc/runtime/http-clock'
import { type CredentialStore, type RefreshTurn, createTokenSource } from '@wxcc/webex/access-token'

/**
 * A process of its own that needs a token: says `ready`, waits for a line, asks, and says `token` or the failure's code. `DIE_AT` names the line of a
 * refresh at which it kills itself with SIGKILL.
 */
const { DATABASE_URL, SECRETS_KEY, CREDENTIAL_ID, CLOCK_URL, DIE_AT } = process.env as Record<string, string>
const db = connectDatabase({ url: DATABASE_URL!, applicationName: 'wxcc-bench-token', poolSize: 2 })
const now = httpClock(CLOCK_URL!)
const store = openCredentials(db, readSealingKey(SECRETS_KEY!)).storeOf(Number(CREDENTIAL_ID))

const die = (): never => {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

function dying(turn: RefreshTurn): RefreshTurn {
  return {
    ...turn,
    async begin(nowMs) {
      if (DIE_AT === 'turn') die()
      await turn.begin(nowMs)
      if (DIE_AT === 'begun') die()
    },
    async save(tokens, nowMs) {
      if (DIE_AT === 'granted') die()
      const isSaved = await turn.save(tokens, nowMs)
      if (DIE_AT === 'saved') die()
      return isSaved
    },
  }
}

const mine: CredentialStore = { ...store, takeTurn: (work) => store.takeTurn((turn) => work(dying(turn))) }
await mine.read()
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
try {
  await createTokenSource({ store: mine, now }).get()
  process.stdout.write('token\n')
} catch (error) {
  process.stdout.write(`${(error as { readonly code?: string }).code ?? 'unexpected'}\n`)
}
await db.destroy()
process.exit()
