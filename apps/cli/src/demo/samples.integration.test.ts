import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { convertSamples } from '@wxcc/samples/convert-samples'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { writeDataset } from '../verbs/samples.ts'
import { DEMO_DEFAULTS } from './demo-options.ts'
import { isComplete } from './progress.ts'
import { watchDay } from './run-demo.ts'
import { startDemo } from './start-demo.ts'

/** Folder with public answers of the real API. Their licence keeps them out of this repository, so they are read where they lie. */
const folder = process.env['WEBEX_FIXTURES']

if (folder === undefined || folder === '') {
  console.warn('NOT SEEN: public samples of the real API. WEBEX_FIXTURES does not name their folder.')
  test('NOT SEEN: the public samples, since WEBEX_FIXTURES does not name their folder', () => {
    expect(process.env['REQUIRE_SAMPLES'], 'the samples were promised').not.toBe('1')
  })
} else {
  test(
    'all 77 tasks of the public samples land through simulator, HTTP, fetcher and mapper',
    { timeout: 240_000 },
    async () => {
      const dataset = await mkdtemp(path.join(os.tmpdir(), 'wxcc-samples-'))
      await writeDataset(dataset, await convertSamples(folder))
      const demo = await startDemo({ ...DEMO_DEFAULTS, once: true, dataset }, () => {})
      try {
        const { progress } = await watchDay(demo, { startedMs: performance.now(), say: () => {} })
        expect(isComplete(progress)).toBe(true)
        const { rows } = await sql<{
          conversations: number
          handled_with_both: number
          sessions: number
        }>`
        select count(*) as conversations, count(*) filter (where is_handled and (select count(distinct engagement_type) from journey.engagement e
            where e.conversation_id = c.conversation_id and e.engagement_type in ('Agent','Queue') and not e.is_deleted) = 2) as handled_with_both,
          (select count(*) from journey.agent_session) as sessions
        from journey.conversation c`.execute(demo.db)
        expect(rows[0]).toMatchObject({ conversations: 77, sessions: 3 })
        // Of the sample's handled tasks 42 came with all their steps; each was routed by a queue.
        expect(rows[0]!.handled_with_both).toBeGreaterThanOrEqual(42)
      } finally {
        await demo.stop()
        await rm(dataset, { recursive: true, force: true })
      }
    },
  )
}
