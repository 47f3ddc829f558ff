// oxlint-disable vitest/no-conditional-tests -- the browser may be absent, and then a test says so
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fetchSpan } from '@wxcc/contracts/fetch-span'
import { producerRedis, workerRedis } from '@wxcc/queue/connection'
import { openQueues } from '@wxcc/queue/enqueue'
import { startWorker } from '@wxcc/queue/start-worker'
import { openFolderStore } from '@wxcc/storage/folder-store'
import { createLogger } from '@wxcc/telemetry/log'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR, startDashboard } from './bench.testing.ts'
import { hasChromium, launchChromium } from './chromium.testing.ts'
import { SAMPLE_NOW_MS, addRecordings, fillLedger, hashOf } from './ledger.testing.ts'

const AUDIO = Buffer.from('RIFF and what follows')

// Screenshots for a person to look at; ignored by git.
const SHOTS = new URL('../node_modules/.cache/screenshots/', import.meta.url)

if (!hasChromium()) {
  console.warn('NOT SEEN: the dashboard in a browser. Install chromium or set CHROMIUM_PATH.')
  it('was not seen in a browser: install chromium or set CHROMIUM_PATH (required with REQUIRE_ALL=1)', () => {
    expect(process.env['REQUIRE_ALL'], 'there is no Chromium').not.toBe('1')
  })
} else {
  describe('in a browser', () => {
    const database = useDatabase()
    const redis = useRedis()
    let dashboard: Awaited<ReturnType<typeof startDashboard>>
    let browser: Browser
    let folder: string

    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true })
      folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-board-'))
      const objects = openFolderStore(folder)
      await objects.put('recording/a', AUDIO, { contentType: 'audio/wav', sha256: hashOf(AUDIO) })
      dashboard = await startDashboard({
        databaseUrl: database.url(),
        redisUrl: redis.url,
        prefix: redis.prefix,
        openObjects: async () => objects,
      })
      await fillLedger(dashboard.db)
      await addRecordings(dashboard.db, { bytes: AUDIO, objectKey: 'recording/a' })
      await runOneJob(redis)
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser.close()
      await dashboard.close()
      await rm(folder, { recursive: true, force: true })
    })

    /** Opens a page as the operator; `problems` gathers what the browser complains of. */
    async function open(
      path: string,
      colorScheme: 'light' | 'dark' = 'light',
    ): Promise<{ page: Page; problems: string[] }> {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        colorScheme,
      })
      const page = await context.newPage()
      await page.goto(`${dashboard.url}/log-in?next=${encodeURIComponent(path)}`)
      await page.getByLabel('User').fill(OPERATOR.user)
      await page.getByLabel('Password').fill(OPERATOR.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForURL(`${dashboard.url}${path}`)
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await page.reload()
      return { page, problems }
    }

    it('shows nothing without a log-in', async () => {
      const page = await browser.newPage()
      await page.goto(`${dashboard.url}/queues/`)
      expect(page.url()).toBe(`${dashboard.url}/log-in?next=%2Fqueues%2F`)
      expect(await page.content()).not.toContain('fetch-span')
      await page.screenshot({ path: new URL('log-in.png', SHOTS).pathname })
      await page.close()
    })

    it('shows the queues and the job that ran', async () => {
      const { page } = await open('/queues/')
      await page.getByRole('link', { name: 'fetch-span' }).first().click()
      await page.waitForURL('**/queue/fetch-span**')
      await page.goto(`${dashboard.url}/queues/queue/fetch-span?status=completed`)
      await page.getByText('fetch-span.17.g3').first().waitFor()
      await page.screenshot({ path: new URL('queue.png', SHOTS).pathname })
      // Read-only: nothing to press that would change a job.
      expect(await page.getByRole('button', { name: /retry|promote|clean|remove/i }).count()).toBe(0)
      await page.goto(`${dashboard.url}/queues/`)
      for (const name of ['count-windows', 'fetch-span', 'map-span', 'download-captures', 'map-transcript']) {
        await page.getByText(name).first().waitFor()
      }
      await page.context().close()
    })

    it.each(['light', 'dark'] as const)('shows every quarter hour, %s', async (colorScheme) => {
      const { page, problems } = await open('/', colorScheme)
      await page.getByRole('heading', { name: 'Sample <b>centre</b>' }).waitFor()
      expect(await page.locator('.cells i.sealed').count()).toBe(2 * 96)
      expect(await page.locator('.cells i.short').getAttribute('title')).toContain('16 of 21 stored')
      expect(await page.getByRole('img', { name: /Sat 21 Nov: 93 complete, 1 records missing/ }).count()).toBe(1)
      expect(await page.getByRole('progressbar', { name: 'Records proved' }).getAttribute('value')).toBe('85')
      // Nothing sticks out of the page on a screen of ordinary width.
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      await page.screenshot({ path: new URL(`home-${colorScheme}.png`, SHOTS).pathname, fullPage: true })
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('finds the recordings of a day, says what is missing, and hands one out', async () => {
      const { page, problems } = await open('/recordings')
      await page.getByLabel('or day (UTC)').fill(new Date(SAMPLE_NOW_MS).toISOString().slice(0, 10))
      await page.getByRole('button', { name: 'Show' }).click()
      await page.getByText('The vendor lists no capture yet').waitFor()
      // The files to open are in sight, however long the reasons are.
      expect(await page.evaluate(widthHidden('.scroll'))).toBe(0)
      await page.screenshot({ path: new URL('recordings.png', SHOTS).pathname, fullPage: true })
      await page.getByRole('link', { name: 'task-a' }).click()
      await page.waitForURL('**/recordings?task=task-a')
      expect(await page.getByText('not available').count()).toBe(0)
      // A browser plays it where it stands, or saves it; either way these bytes.
      const [answer] = await Promise.all([
        page.waitForResponse('**/recordings/*/file'),
        page.getByRole('link', { name: 'open' }).click(),
      ])
      expect(answer.status()).toBe(200)
      expect(answer.headers()['content-type']).toBe('audio/wav')
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('fits a phone', async () => {
      const { page } = await open('/')
      await page.setViewportSize({ width: 390, height: 800 })
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      await page.screenshot({ path: new URL('home-phone.png', SHOTS).pathname, fullPage: true })
      await page.context().close()
    })
  })
}

/** For `evaluate`: how many pixels of it have to be scrolled to. */
const widthHidden = (selector: string) =>
  `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('${selector}'))`

/** One job through the real queue, so that the board has something that ran. */
async function runOneJob(at: { readonly url: string; readonly prefix: string }): Promise<void> {
  const producer = await producerRedis(at.url, () => {})
  const connection = workerRedis(at.url, () => {})
  const queues = openQueues(producer, { prefix: at.prefix })
  const ran = Promise.withResolvers<void>()
  const worker = startWorker({
    contract: fetchSpan,
    connection,
    prefix: at.prefix,
    concurrency: 1,
    process: async () => {
      ran.resolve()
      return { kind: 'done' }
    },
    deadLetters: { bury: async () => {} },
    log: createLogger('test', { level: 'silent' }),
  })
  await worker.ready
  await queues.enqueue(fetchSpan, { fetchId: 17, generation: 3 })
  await ran.promise
  // Lets the job in hand end.
  await worker.stop({ graceMs: 5_000 })
  await queues.close()
  await producer.quit()
  await connection.quit()
}
