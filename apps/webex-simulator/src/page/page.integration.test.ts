// oxlint-disable vitest/no-conditional-tests -- the browser may be absent, and then a test says so
import { mkdirSync } from 'node:fs'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../testing/chromium.testing.ts'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'

// Screenshots for a person to look at; ignored by git.
const SHOTS = new URL('../../node_modules/.cache/screenshots/', import.meta.url)
const START = Date.parse('2026-03-03T12:00:00Z')

if (!hasChromium()) {
  console.warn('NOT SEEN: the page at / in a browser. Install chromium or set CHROMIUM_PATH.')
  it('was not seen in a browser: install chromium or set CHROMIUM_PATH (required with REQUIRE_ALL=1)', () => {
    expect(process.env['REQUIRE_ALL'], 'there is no Chromium').not.toBe('1')
  })
} else {
  describe('the page at /', () => {
    let simulator: StartedSimulator
    let browser: Browser
    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true })
      simulator = await startGenerated({
        SIM_CLOCK_START: new Date(START).toISOString(),
        SIM_TASKS_PER_DAY: '50',
        SIM_PERSONA: 'still-wrap-up',
        SIM_CLIENT_SECRET: 'hush-1',
        SIM_REFRESH_TOKEN: 'hush-2',
        SIM_AUTHORIZATION_CODE: 'hush-3',
      })
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser.close()
      await simulator.stop()
    })
    beforeEach(() => simulator.control('/faults', undefined, 'DELETE'))

    const search = () =>
      simulator.search(`{ taskDetails(from: ${START - 3_600_000}, to: ${START}) { tasks { id status } } }`)

    /** `problems` gathers what the browser complains of. */
    async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; problems: string[] }> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
      page.on('pageerror', (error) => void problems.push(error.message))
      await page.goto(simulator.url)
      await page.getByText('UTC', { exact: false }).first().waitFor()
      return { page, problems }
    }
    const shot = (page: Page, name: string) =>
      page.screenshot({ path: new URL(`overview-${name}.png`, SHOTS).pathname, fullPage: true })

    it('shows organizations and what differs from the defaults, and no secret', async () => {
      const { page, problems } = await open()
      await page.getByText(simulator.orgId).waitFor()
      await page.getByText('SIM_LAST_ACTIVITY=until-ended').waitFor()
      expect(await page.content()).not.toContain('hush')
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('adds a fault that hits the next request, and takes it out again', async () => {
      const { page, problems } = await open()
      await page.getByLabel('Add', { exact: true }).selectOption('Next Search: 503')
      await page.getByRole('button', { name: 'Add fault' }).click()
      const row = page.locator('#faults tr', { hasText: 'status=503' })
      await row.getByText('0 of 1').waitFor()
      expect([(await search()).status, (await search()).status]).toEqual([503, 200])
      await row.getByText('1 of 1').waitFor()
      await page.locator('#log tr', { hasText: '503' }).first().waitFor()
      await page.locator('#endpoints tr', { hasText: 'POST /search' }).first().waitFor()
      await shot(page, 'desktop')
      await row.getByRole('button', { name: 'Remove status' }).click()
      await page.getByText('None: every answer is as it should be.').waitFor()
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('moves the clock and changes its speed', async () => {
      const { page } = await open()
      const before = simulator.clock.nowMs()
      await page.getByRole('button', { name: '1 hour' }).click()
      await page.getByText(new Date(before + 3_600_000).toISOString().slice(11, 19)).waitFor()
      expect(simulator.clock.nowMs()).toBe(before + 3_600_000)
      await page.getByLabel('Speed').selectOption('10 ×')
      await page.getByText('runs 10 times as fast').waitFor()
      await page.getByLabel('Speed').selectOption('stopped')
      await page.getByText('stands still').waitFor()
      expect(simulator.clock.speed).toBe(0)
      await page.context().close()
    })

    it.each([
      ['phone', { viewport: { width: 360, height: 740 } }],
      ['dark', { colorScheme: 'dark' }],
    ] as const)('fits a %s', async (name, options) => {
      await search()
      const { page, problems } = await open(options)
      await page.locator('#log tr', { hasText: 'POST /search' }).first().waitFor()
      await shot(page, name)
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      expect(problems).toEqual([])
      await page.context().close()
    })
  })
}
