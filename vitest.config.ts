import path from 'node:path'
import { defineConfig } from 'vitest/config'

const file = (...parts: string[]) => path.join(import.meta.dirname, ...parts)

// The tests start some hundred processes of ours; compiled code that is kept takes a third off each start, as the image does.
process.env.NODE_COMPILE_CACHE ??= file('node_modules/.cache/compiled')

/** Tests against Postgres, Redis and the simulator; the servers are started once for all files. */
const onRealParts = (name: string, include: string[]) => ({
  test: {
    name,
    include,
    exclude: ['**/node_modules/**'],
    globalSetup: [file('packages/testing/src/global-setup.ts')],
    provide: {
      // The testing package imports none of ours but the sandbox: what it needs of others is named here.
      connectModule: file('packages/db/src/connect.ts'),
      migratorModule: file('packages/db/src/migrator.ts'),
      simulatorEntry: file('apps/webex-simulator/src/main.ts'),
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})

export default defineConfig({
  test: {
    // Integration files share one machine's Postgres and Redis; two at a time keep their timings honest.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{apps,packages}/*/src/**/*.test.ts', 'infra/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.integration.test.ts', '**/*.long.test.ts'],
          // Whole worlds are computed here, beside the integration files: a limit against hanging, not a measure.
          testTimeout: 60_000,
        },
      },
      onRealParts('integration', ['{apps,packages}/*/src/**/*.integration.test.ts', 'infra/**/*.integration.test.ts']),
      // Whole days with kills, traces and odd calendars: minutes each, so they are a command of their own (`pnpm test:long`), which runs one file at a
      // time: each starts a whole pipeline.
      onRealParts('long', ['apps/*/src/**/*.long.test.ts']),
    ],
  },
})
