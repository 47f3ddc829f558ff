import { createHmac } from 'node:crypto'
import { listSources } from '@wxcc/db/data-source'
import { databaseSettings } from '@wxcc/db/settings'
import { ConfigError, loadConfig } from '@wxcc/runtime/load-config'
import { Command } from 'commander'
import { z } from 'zod'
import { withDatabase } from '../with-database.ts'

/** As `apps/dashboard` reads it. */
const webhookSettings = { WEBHOOK_SECRET: z.string() }
/** What wakes a pass; every other event is dropped. */
const EVENTS = ['task:ended', 'task:failed', 'capture:available']

/** `wxcc webhooks`: what an administrator tells the vendor. Registering needs a scope to write configuration, which this pipeline never asks for. */
export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description(
      'what to tell the vendor, so that its webhooks wake the pipeline early (they are hints: nothing depends on them)',
    )
    .requiredOption('--source <key>', 'of the source')
    .requiredOption(
      '--url <https-url>',
      'your public address of WEBHOOK_PORT, such as https://hooks.example.com',
      publicUrl,
    )
    .action(async ({ source: key, url }: { readonly source: string; readonly url: string }) => {
      const { DATABASE_URL, WEBHOOK_SECRET } = loadConfig({ ...databaseSettings, ...webhookSettings }, process.env)
      await withDatabase(DATABASE_URL, async (db) => {
        if (!(await listSources(db)).some((source) => source.key === key))
          throw new ConfigError([{ setting: '--source', problem: 'is no source' }])
        const secret = createHmac('sha256', Buffer.from(WEBHOOK_SECRET, 'base64'))
          .update(`webhook/${key}`)
          .digest('hex')
        console.log(`In Control Hub, or POST /v1/subscriptions as an administrator:\n`)
        console.log(`destinationUrl  ${url.replace(/\/+$/, '')}/webhooks/${key}`)
        console.log(`eventTypes      ${EVENTS.join(', ')}`)
        console.log(`secret          ${secret}`)
      })
    })
}

function publicUrl(text: string): string {
  if (URL.parse(text)?.protocol !== 'https:')
    throw new ConfigError([{ setting: '--url', problem: 'must be an https:// address' }])
  return text
}
