import { type RunningApp, startApp } from '@wxcc/sandbox/process'
import { inject } from 'vitest'
import './services.ts'

/** The vendor, over HTTP: starts the simulator with these settings on a free port and waits until it answers. Stop it in `afterAll`. */
export function startSimulator(env: Readonly<Record<string, string>> = {}): Promise<RunningApp> {
  return startApp({
    name: 'webex-simulator',
    entry: inject('simulatorEntry'),
    env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'warn', ...env },
    restart: false,
  })
}
