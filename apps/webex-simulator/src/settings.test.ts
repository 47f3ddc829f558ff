import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'

describe('readSettings', () => {
  it('has a default for everything and treats empty text as unset', () => {
    const settings = readSettings({ SIM_PORT: '', SIM_TASKS_PER_DAY: '500' })
    expect(settings).toMatchObject({ SIM_PORT: 0, SIM_TASKS_PER_DAY: 500, SIM_RATE_LIMIT_PER_MINUTE: 300 })
  })

  it('reads instants as epoch milliseconds', () => {
    expect(readSettings({ SIM_CLOCK_START: '2026-02-03T04:05:06Z' }).SIM_CLOCK_START).toBe(1_770_091_506_000)
  })

  it('names every bad setting at once, and no value', () => {
    const env = { SIM_PORT: 'eighty', SIM_CLOCK_START: 'yesterday', SIM_CLIENT_SECRET: 'hush' }
    const complaint = /^SIM_PORT: [^\n]*\nSIM_CLOCK_START: [^\n]*$/
    expect(() => readSettings(env)).toThrow(SettingsError)
    expect(() => readSettings(env)).toThrow(complaint)
    expect(() => readSettings(env)).not.toThrow(/eighty|yesterday|hush/)
  })
})
