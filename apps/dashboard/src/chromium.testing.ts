import { accessSync, constants } from 'node:fs'
import { chromium } from 'playwright-core'

const PATH = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium'

/** Whether there is a browser to test with. Where it is required (`REQUIRE_ALL=1`) its absence fails the test file instead. */
export function hasChromium(): boolean {
  try {
    accessSync(PATH, constants.X_OK)
    return true
  } catch {
    if (process.env['REQUIRE_ALL'] === '1') throw new Error(`REQUIRE_ALL=1, but there is no Chromium at ${PATH}`)
    return false
  }
}

/** Debian's Chromium, quiet: it asks nothing of the network by itself. */
export function launchChromium() {
  return chromium.launch({
    executablePath: PATH,
    args: [
      '--headless',
      '--no-sandbox', // as root, in CI
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
