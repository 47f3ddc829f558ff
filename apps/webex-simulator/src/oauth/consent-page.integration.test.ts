// oxlint-disable vitest/no-conditional-tests -- the browser may be absent, and then a test says so
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../testing/chromium.testing.ts'
import { startGenerated } from '../testing/start-simulator.ts'
import type { StartedSimulator } from '../testing/start-simulator.ts'

// Screenshots for a person to look at; ignored by git.
const SHOTS = new URL('../../node_modules/.cache/screenshots/', import.meta.url)
const ALPINE = '22222222-2222-4222-8222-222222222222'
const SCOPE = 'cjp:config_read spark:people_read'
const APP = {
  id: 'night-loader',
  secret: 'night-loader-secret',
  name: 'Night <b>loader</b>',
  scopes: `${SCOPE} cjp:config_write`,
}

if (!hasChromium()) {
  console.warn('NOT SEEN: the consent page in a browser. Install chromium or set CHROMIUM_PATH.')
  it('was not seen in a browser: install chromium or set CHROMIUM_PATH (required with REQUIRE_ALL=1)', () => {
    expect(process.env['REQUIRE_ALL'], 'there is no Chromium').not.toBe('1')
  })
} else {
  describe('consent in a browser', () => {
    let simulator: StartedSimulator
    let browser: Browser
    let folder = ''
    let callback = ''
    const appServer = createServer((request, response) => {
      // As apps do after consent: on to a page of theirs, elsewhere.
      if (request.url?.startsWith('/callback'))
        response.writeHead(302, { location: request.url.replace('/callback', '/home') }).end()
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<title>app</title><h1>Back in the app</h1>')
    })

    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true })
      await once(appServer.listen(0, '127.0.0.1'), 'listening')
      callback = `http://127.0.0.1:${(appServer.address() as AddressInfo).port}/callback`
      folder = await mkdtemp(join(tmpdir(), 'simulator-orgs-'))
      const size = { tasksPerDay: 5, agents: 3 }
      await writeFile(
        join(folder, 'orgs.json'),
        JSON.stringify([
          { name: 'Harbour Mutual', ...size, clients: [{ ...APP, redirectUris: [callback] }] },
          { name: 'Alpine Rescue', region: 'eu1', id: ALPINE, ...size },
        ]),
      )
      simulator = await startGenerated({
        SIM_CLOCK_START: '2026-03-03T12:00:00Z',
        SIM_ORGS: join(folder, 'orgs.json'),
      })
      browser = await launchChromium()
    })
    afterAll(async () => {
      await browser.close()
      await simulator.stop()
      appServer.closeAllConnections()
      await new Promise<void>((resolve) => void appServer.close(() => resolve()))
      await rm(folder, { recursive: true })
    })

    const url = (overrides: Record<string, string> = {}) =>
      `${simulator.url}/v1/authorize?${new URLSearchParams({
        response_type: 'code',
        client_id: APP.id,
        redirect_uri: callback,
        scope: SCOPE,
        state: 's-1',
        ...overrides,
      }).toString()}`

    /** A browser without JavaScript, for the page must do without; `problems` gathers what it complains of. */
    async function open(
      address: string,
      options: BrowserContextOptions = {},
    ): Promise<{ page: Page; problems: string[] }> {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        javaScriptEnabled: false,
        ...options,
      })
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await page.goto(address)
      return { page, problems }
    }
    const shot = (page: Page, name: string) =>
      page.screenshot({ path: new URL(`consent-${name}.png`, SHOTS).pathname, fullPage: true })
    /** Waits for the app's own page and answers what it was told. */
    async function backInApp(page: Page) {
      await page.waitForURL('**/home?**')
      return new URL(page.url()).searchParams
    }
    async function orgOf(code: string | null) {
      const { body } = await simulator.token({
        grant_type: 'authorization_code',
        client_id: APP.id,
        client_secret: APP.secret,
        code: code ?? '',
        redirect_uri: callback,
      })
      return String(body.access_token).split('_').at(-1)
    }

    it('lets a person choose who signs in, and accept', async () => {
      const { page, problems } = await open(url())
      await page.getByRole('heading', { level: 1, name: 'Night <b>loader</b>' }).waitFor()
      await page.getByText('Read the profiles of people in your organization').waitFor()
      await shot(page, 'desktop')
      await page
        .getByRole('group', { name: /Alpine Rescue/ })
        .getByRole('radio', { name: /^Supervisor/ })
        .check()
      await page.getByRole('button', { name: 'Accept' }).click()
      const told = await backInApp(page)
      expect(told.get('state')).toBe('s-1')
      expect(await orgOf(told.get('code'))).toBe(ALPINE)
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('keeps the first organization for a second consent, until somebody signs out', async () => {
      const { page } = await open(url())
      await page
        .getByRole('group', { name: /Alpine Rescue/ })
        .getByRole('radio', { name: /^Full administrator/ })
        .check()
      await page.getByRole('button', { name: 'Accept' }).click()
      await backInApp(page)

      await page.goto(url({ scope: APP.scopes }))
      expect(await page.getByRole('radio').count()).toBe(0)
      await shot(page, 'signed-in')
      await page.getByRole('button', { name: 'Accept' }).click()
      expect(await orgOf((await backInApp(page)).get('code'))).toBe(ALPINE)

      await page.goto(url())
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page
        .getByRole('group', { name: /Harbour Mutual/ })
        .getByRole('radio', { name: /^Full administrator/ })
        .check()
      await page.getByRole('button', { name: 'Accept' }).click()
      expect(await orgOf((await backInApp(page)).get('code'))).toBe(simulator.orgId)
      await page.context().close()
    })

    it('lets a person decline, by keyboard alone', async () => {
      const { page } = await open(url())
      for (let presses = 0; presses < 10; presses++) {
        await page.keyboard.press('Tab')
        if (
          (await page
            .locator('button:focus')
            .textContent({ timeout: 100 })
            .catch(() => '')) === 'Decline'
        )
          break
      }
      await page.keyboard.press('Enter')
      const told = await backInApp(page)
      expect([told.get('error'), told.get('state'), told.get('code')]).toEqual(['access_denied', 's-1', null])
      await page.context().close()
    })

    it('shows what is wrong instead of sending anybody to an address that is not the app’s', async () => {
      const { page } = await open(url({ redirect_uri: 'https://elsewhere.example/' }))
      await page.getByRole('heading', { name: 'This request cannot be answered' }).waitFor()
      await shot(page, 'refused')
      expect(page.url().startsWith(simulator.url)).toBe(true)
      await page.context().close()
    })

    it.each([
      ['phone', { viewport: { width: 360, height: 740 } }],
      ['dark', { colorScheme: 'dark' }],
    ] as const)('fits a %s', async (name, options) => {
      const { page, problems } = await open(url({ scope: APP.scopes }), { ...options, javaScriptEnabled: true })
      await shot(page, name)
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
      expect(problems).toEqual([])
      await page.context().close()
    })
  })
}
