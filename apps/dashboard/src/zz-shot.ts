import { chromium } from 'playwright-core'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless','--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync'] })
for (const scheme of ['light','dark'] as const) {
  const c = await b.newContext({ httpCredentials: { username: 'operator', password: 'secret' }, colorScheme: scheme, viewport: { width: 1280, height: 900 } })
  const p = await c.newPage()
  p.on('console', (m) => { if (m.type() === 'error') console.log('console:', m.text().slice(0, 200)) })
  await p.goto('http://127.0.0.1:7788/'); await p.screenshot({ path: `/tmp/home-${scheme}.png`, fullPage: true })
  if (scheme === 'light') { await p.goto('http://127.0.0.1:7788/queues/'); await p.waitForSelector('text=fetch-span'); await p.screenshot({ path: '/tmp/board.png' });
   await p.setViewportSize({ width: 400, height: 800 }); await p.goto('http://127.0.0.1:7788/'); await p.screenshot({ path: '/tmp/home-phone.png', fullPage: true }) }
}
await b.close()
