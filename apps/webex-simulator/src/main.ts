import { DatasetError } from './dataset/read-lines.ts'
import { readArguments } from './help.ts'
import { errorCode } from './json.ts'
import { openOrgs } from './open-orgs.ts'
import { readSettings, SettingsError } from './settings.ts'
import { createSimulator } from './simulator.ts'

const asked = readArguments(process.argv.slice(2).filter((word) => word !== '--'))
if (asked.kind === 'say') console.log(asked.text)
else if (asked.kind === 'refuse') leave(asked.text)
else await serve().catch((error: unknown) => leave(explain(error)))

async function serve(): Promise<void> {
  const settings = readSettings(process.env)
  const app = createSimulator(settings, await openOrgs(settings, Date.now()))
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= app.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop)

  const url = await app.listen({ host: settings.SIM_HOST, port: settings.SIM_PORT })
  const listening = { event: 'listening', url }
  console.log(JSON.stringify(listening))
  if (process.stdout.isTTY) console.log(`Open ${url} in a browser to look inside; Ctrl+C stops.`)
  process.send?.(listening)
}

function leave(text: string): void {
  console.error(text)
  process.exitCode = 1
  process.disconnect?.()
}

/** One line per mistake the person who starts it can repair; anything else is ours and keeps its stack. */
function explain(error: unknown): string {
  if (error instanceof SettingsError) return error.message
  if (error instanceof DatasetError) return `SIM_DATASET: ${error.message}`
  const code = errorCode(error)
  if (code === 'EADDRINUSE' || code === 'EACCES') return `SIM_PORT: the port cannot be used (${code})`
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') return `SIM_HOST: no such address here (${code})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
