import { accessSync, constants } from 'node:fs'
import { chromium } from 'playwright-core'

const PATH = process.env['CHROMIUM_PATH'] || '/usr/bin/chromium'

/** Whether there is a browser to test with: `CHROMIUM_PATH`, else where Debian puts it. */
export function hasChromium(): boolean {
  try {
    accessSync(PATH, constants.X_OK)
    return true
  } catch {
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
