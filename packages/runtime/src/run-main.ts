import { shutdownTelemetry } from '@wxcc/telemetry/active'
import { createLogger } from '@wxcc/telemetry/log'
import { ReadableError } from './readable-error.ts'

/** After `main` is through, a forgotten handle may not keep the process longer than this. */
const LINGER_MS = 2_000

/**
 * The last two lines of every `main.ts`: runs it until it returns. Wrong settings and unreachable servers end in one line that names the
 * setting (`wxcc-planner: DATABASE_URL is not set`), exit code 1 and no stack, as does any `ReadableError`; anything else in a log line with code `unexpected`.
 */
export async function runMain(app: string, main: () => Promise<void>): Promise<void> {
  process.on('uncaughtException', (error) => {
    report(app, error)
    process.exit(1)
  })
  try {
    await main()
  } catch (error) {
    report(app, error)
    process.exitCode = 1
  }
  await shutdownTelemetry()
  if (process.connected) process.disconnect()
  setTimeout(() => process.exit(), LINGER_MS).unref()
}

function report(app: string, error: unknown): void {
  if (error instanceof ReadableError) {
    process.stderr.write(`wxcc-${app}: ${error.message}\n`)
    return
  }
  createLogger(app).fatal(
    { event: 'crashed', code: 'unexpected', err: error },
    'ended by an error nobody has named yet',
  )
}
