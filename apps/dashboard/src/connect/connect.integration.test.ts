// oxlint-disable vitest/no-conditional-tests -- the browser may be absent, and then a test says so
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { listSources } from '@wxcc/db/data-source'
import { readSealingKey } from '@wxcc/db/seal'
import { httpClock } from '@wxcc/runtime/http-clock'
import type { RunningApp } from '@wxcc/sandbox/process'
import { useDatabase } from '@wxcc/testing/database'
import { useRedis } from '@wxcc/testing/redis'
import { serviceAppOf } from '@wxcc/testing/service-app'
import { startSimulator } from '@wxcc/testing/simulator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR, logIn, startDashboard } from '../bench.testing.ts'
import { hasChromium, launchChromium } from '../chromium.testing.ts'
import { placesDoctor } from './places-doctor.ts'

// Screenshots for a person to look at; ignored by git.
const SHOTS = new URL('../../node_modules/.cache/screenshots/', import.meta.url)
const ORG = '5f1dbd0c-4c80-4a6e-9a7b-9f4b6f6f2a11'
const SECRET = 'canary7Q-client-secret'
const NOT_BEGUN = 'This consent was not begun in this session.'

if (!hasChromium()) {
  console.warn('NOT SEEN: connecting in a browser. Install chromium or set CHROMIUM_PATH.')
  it('was not seen in a browser: install chromium or set CHROMIUM_PATH (required with REQUIRE_ALL=1)', () => {
    expect(process.env['REQUIRE_ALL'], 'there is no Chromium').not.toBe('1')
  })
} else {
  describe('connecting in a browser', () => {
    const database = useDatabase()
    const redis = useRedis()
    let simulator: RunningApp
    let board: Awaited<ReturnType<typeof startDashboard>>
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      mkdirSync(SHOTS, { recursive: true })
      simulator = await startSimulator({
        SIM_ORG_ID: ORG,
        SIM_CLIENT_SECRET: SECRET,
        SIM_TASKS_PER_DAY: '5',
        SIM_AGENTS: '2',
        SIM_SCOPES: 'cjp:config_read spark:people_read cjp:task_read',
      })
      board = await startDashboard({
        databaseUrl: database.url(),
        redisUrl: redis.url,
        prefix: redis.prefix,
        connect: {
          sealingKey: readSealingKey(randomBytes(32).toString('base64')),
          clock: httpClock(`${simulator.url()}/_sim/clock`),
          simulatorUrl: simulator.url(),
          checkPlaces: async () => placesDoctor(board.db, PLACES)(),
        },
      })
      browser = await launchChromium()
      page = await browser.newPage()
    })
    afterAll(async () => {
      await browser.close()
      await board.close()
      await simulator.stop()
    })
    const PLACES = { REDIS_URL: redis.url } as Parameters<typeof placesDoctor>[1]

    async function fillForm(secret: string): Promise<void> {
      await page.goto(`${board.url}/connect`)
      await page.getByLabel('Client id').fill('simulated-client')
      await page.getByLabel('Client secret').fill(secret)
      await page.getByLabel('Short name').fill('acme')
      await page.getByLabel('Name for people').fill('Acme support')
      await page.screenshot({ path: new URL('connect-form.png', SHOTS).pathname, fullPage: true })
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('link', { name: 'Go to Webex and consent' }).click()
    }

    it('leads from nothing to a verified connection, by log-in, form, consent and the doctor', async () => {
      await page.goto(`${board.url}/connect`)
      await page.getByLabel('User').fill(OPERATOR.user)
      await page.getByLabel('Password').fill(OPERATOR.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await fillForm(SECRET)
      const asked = new URL(page.url()).searchParams
      expect(asked.get('redirect_uri')).toBe(`${board.url}/connect/callback`)
      expect(asked.get('code_challenge_method')).toBe('S256')
      expect(page.url()).not.toContain('canary7Q')
      await page.getByRole('button', { name: 'Accept' }).click()
      await page.waitForURL(`${board.url}/connect/sources/acme`)
      await page.getByText('Connected; nothing is bad.').waitFor()
      await page.screenshot({ path: new URL('connect-doctor.png', SHOTS).pathname, fullPage: true })
      for (const check of ['Postgres', 'Access token', 'Organisation', 'Search', 'Recordings'])
        expect(await page.getByRole('rowheader', { name: check, exact: true }).count()).toBe(1)
      expect(await page.content()).not.toContain('canary7Q')
      expect(await listSources(board.db)).toMatchObject([{ key: 'acme', displayName: 'Acme support', orgId: ORG }])
      expect(await board.db.selectFrom('etl.audit_entry').select(['action', 'subject']).execute()).toContainEqual({
        action: 'connect source',
        subject: 'acme',
      })
    })

    it('says what the vendor refused, and keeps nothing', async () => {
      await fillForm('a wrong secret')
      await page.getByRole('button', { name: 'Accept' }).click()
      await page.getByRole('alert').waitFor()
      expect(await page.getByRole('alert').textContent()).toContain('The vendor refused the client id')
      expect(await board.db.selectFrom('etl.board_session').select('consent_sealed').execute()).toEqual([
        { consent_sealed: null },
      ])
      await fillForm(SECRET)
      await page.getByRole('button', { name: 'Decline' }).click()
      expect(await page.getByRole('alert').textContent()).toContain('the person at the browser said no')
    })

    it('needs no consent with a refresh token, or for a Service App', async () => {
      const { applicationId, applicationsToken } = await serviceAppOf(simulator.url(), SECRET)
      await page.goto(`${board.url}/connect?again=acme`)
      await page.getByLabel('Client id').fill('simulated-service-app')
      await page.getByLabel('Client secret').fill('simulated-service-app-secret')
      await page.getByText('Nobody has to consent').click()
      await page.getByLabel('Application id').fill(applicationId)
      await page.screenshot({ path: new URL('connect-service-app.png', SHOTS).pathname, fullPage: true })
      await page.getByRole('button', { name: 'Next' }).click()
      expect(await page.getByRole('alert').textContent()).toContain('personal token')

      const fields = { clientId: 'simulated-service-app', clientSecret: 'simulated-service-app-secret', org: ORG }
      const send = async (more: object) => {
        const answer = await fetch(`${board.url}/connect`, {
          method: 'POST',
          headers: { ...(await logIn(board.url)), origin: board.url },
          body: new URLSearchParams({ ...fields, dataCenter: 'simulator', ...more }),
          redirect: 'manual',
        })
        return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
      }
      const clientIds = async () =>
        (await board.db.selectFrom('etl.credential').select('client_id').execute()).map((row) => row.client_id)
      const refused = await send({ applicationId, applicationsToken: 'another' })
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('refused the personal token')])
      expect(await send({ applicationId, applicationsToken })).toMatchObject({
        status: 303,
        to: '/connect/sources/acme',
      })
      expect(await clientIds()).toContain('simulated-service-app')
      const integration = { clientId: 'simulated-client', clientSecret: SECRET }
      const ofToken = await send({ ...integration, refreshToken: 'simulated-refresh-token' })
      expect(ofToken).toMatchObject({ status: 303, to: '/connect/sources/acme' })
      expect(await clientIds()).toContain('simulated-client')
      const dead = await send({ ...integration, refreshToken: 'another' })
      expect([dead.status, dead.text]).toEqual([400, expect.stringContaining('The vendor refused the client id')])
    })

    it('takes no answer that another session began, nor one of another state', async () => {
      const callback = '/connect/callback?code=anything&state=forged'
      await fillForm(SECRET)
      const state = new URL(page.url()).searchParams.get('state')
      const other = await logIn(board.url)
      const ofOther = await fetch(`${board.url}/connect/callback?code=anything&state=${state}`, { headers: other })
      expect([ofOther.status, await ofOther.text()]).toEqual([400, expect.stringContaining(NOT_BEGUN)])
      const forged = await page.goto(`${board.url}${callback}`)
      expect([forged!.status(), await page.getByRole('alert').textContent()]).toEqual([400, NOT_BEGUN])
    })
  })
}
