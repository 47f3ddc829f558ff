import { describe, expect, test } from 'vitest'
import { Sandbox } from './sandbox.ts'

function openBox() {
  const events: string[] = []
  const sandbox = new Sandbox()
  const start = (name: string, options?: { cannotStart?: boolean; cannotStop?: boolean }) =>
    sandbox.start(name, async () => {
      if (options?.cannotStart) throw new Error(`${name} cannot start`)
      events.push(`+${name}`)
      return {
        async stop() {
          events.push(`-${name}`)
          if (options?.cannotStop) throw new Error(`${name} cannot stop`)
        },
      }
    })
  return { sandbox, start, events }
}

describe('Sandbox', () => {
  test('stops in the reverse order, once', async () => {
    const { sandbox, start, events } = openBox()
    await start('postgres')
    await start('planner')
    await Promise.all([sandbox.stop(), sandbox.stop()])
    expect(events).toEqual(['+postgres', '+planner', '-planner', '-postgres'])
  })

  test('a start that fails takes down what was up', async () => {
    const { start, events } = openBox()
    await start('postgres')
    await expect(start('planner', { cannotStart: true })).rejects.toThrow('planner cannot start')
    expect(events).toEqual(['+postgres', '-postgres'])
  })

  test('one that cannot be stopped does not keep the others up', async () => {
    const { sandbox, start, events } = openBox()
    await start('postgres')
    await start('redis', { cannotStop: true })
    await expect(sandbox.stop()).rejects.toThrow('some of the sandbox could not be stopped')
    expect(events).toEqual(['+postgres', '+redis', '-redis', '-postgres'])
  })

  test('nothing is started while it stops', async () => {
    const { sandbox, start } = openBox()
    await sandbox.stop()
    await expect(start('late')).rejects.toThrow('late is not started')
  })
})
