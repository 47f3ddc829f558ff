import { expect, test } from 'vitest'
import { DEMO_DEFAULTS, PERSONAS } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { measureDay, watchDay } from './run-demo.ts'
import { startDemo } from './start-demo.ts'

// The default one's days are those of every other test.
test.each(PERSONAS.filter((persona) => persona !== DEMO_DEFAULTS.persona))(
  'a day at the tenant "%s" is complete and equal to its script',
  async (persona) => {
    const options = {
      ...DEMO_DEFAULTS,
      once: true,
      persona,
      seed: 11,
      tasksPerDay: 120,
      agents: 8,
      atMs: Date.parse('2026-11-18T14:07:00Z'),
    }
    const demo = await startDemo(options, () => {})
    try {
      const day = await watchDay(demo, { startedMs: performance.now(), say: () => {} })
      expect(isComplete(day.progress)).toBe(true)
      const { ok, figures } = await measureDay(demo, day, options.seed)
      expect(figures.engagementsEqual).toBe(figures.truthEngagements)
      expect(ok).toBe(true)
    } finally {
      await demo.stop()
    }
  },
  120_000,
)
