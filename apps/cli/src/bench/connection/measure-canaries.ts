import { findCanaries } from '../../canaries/find.ts'
import { placesOf, readLogs } from '../../canaries/places.ts'
import { canariesOf, plantFaults } from '../../canaries/plant.ts'
import { DEMO_DEFAULTS } from '../../demo/demo-options.ts'
import { watchDay } from '../../demo/run-demo.ts'
import { startDemo } from '../../demo/start-demo.ts'
import { measureRoutes } from './measure-routes.ts'

/** A small day with a vendor that has bad moments: how many secrets and people there were, how many lay where they do not belong, and what its board shows to strangers. */
export async function measureCanaries(
  seed: number,
  say: (line: string) => void,
): Promise<Readonly<Record<'canariesPlanted' | 'canariesFound' | 'routes' | 'openRoutes', number>>> {
  const demo = await startDemo({ ...DEMO_DEFAULTS, once: true, seed, tasksPerDay: 60, agents: 6 }, () => {})
  try {
    await plantFaults(demo.simulatorUrl)
    await watchDay(demo, { startedMs: performance.now(), say: () => {} })
    const canaries = await canariesOf(demo)
    const places = await placesOf(demo)
    const routes = await measureRoutes(demo, say)
    await Promise.all(demo.workers.map(({ app }) => app.stop()))
    const found = findCanaries(canaries, [...places, ...(await readLogs(demo.logFolder))])
    for (const line of found) say(`canary: ${line}`)
    return { canariesPlanted: canaries.length, canariesFound: found.length, ...routes }
  } finally {
    await demo.stop()
  }
}
