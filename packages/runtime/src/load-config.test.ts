import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, loadConfig } from './load-config.ts'
import { processSettings } from './settings.ts'

const shape = {
  ...processSettings,
  DATABASE_URL: z.url({ protocol: /^postgres$/, message: 'must be a postgres:// address' }),
  SECRETS_KEY: z.string(),
  MODE: z.enum(['fast', 'slow']).default('fast'),
}

function errorOf(env: Record<string, string>): ConfigError {
  try {
    loadConfig(shape, env)
  } catch (error) {
    return error as ConfigError
  }
  throw new Error('was accepted')
}

describe('loadConfig', () => {
  test('fills defaults, drops what it was not asked for, and freezes', () => {
    const config = loadConfig(shape, {
      DATABASE_URL: 'postgres://h/d',
      SECRETS_KEY: 'k',
      HTTP_PORT: '8080',
      HOME: '/root',
    })
    expect(config).toMatchObject({ HTTP_PORT: 8080, METRICS_HOST: '127.0.0.1', LOG_LEVEL: 'info', MODE: 'fast' })
    expect(config).not.toHaveProperty('HOME')
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('tells every mistake at once, by name and never by value', () => {
    const { message, settings } = errorOf({
      DATABASE_URL: 'mysql://user:hunter2@host/db',
      SECRETS_KEY: '  ',
      HTTP_PORT: 'hunter3',
      METRICS_PORT: '99999',
      MODE: 'hunter4',
    })
    expect(settings.toSorted()).toEqual(['DATABASE_URL', 'HTTP_PORT', 'METRICS_PORT', 'MODE', 'SECRETS_KEY'])
    expect(message).toContain('DATABASE_URL must be a postgres:// address')
    expect(message).toContain('SECRETS_KEY is not set')
    expect(message).toContain('METRICS_PORT must be at most 65535')
    expect(message).toContain('MODE must be one of fast, slow')
    expect(message).not.toMatch(/hunter|99999/)
  })

  test('asks what is missing across settings also when others are wrong', () => {
    const missing = (set: Readonly<Record<string, string | undefined>>) =>
      set.STORAGE_URL === undefined ? [{ setting: 'STORAGE_URL', problem: 'is not set' }] : []
    const load = (env: Record<string, string>) => () => loadConfig({ MODE: shape.MODE }, env, missing)
    expect(load({ MODE: 'x', STORAGE_URL: ' ' })).toThrow('MODE must be one of fast, slow; STORAGE_URL is not set')
    expect(load({ STORAGE_URL: '' })).toThrow(new ConfigError([{ setting: 'STORAGE_URL', problem: 'is not set' }]))
    expect(load({ STORAGE_URL: 'x' })()).toEqual({ MODE: 'fast' })
  })

  test('takes a whole object, for checks across settings', () => {
    const schema = z
      .object({ A: z.string().optional(), B: z.string().optional() })
      .refine((config) => config.A !== undefined || config.B !== undefined, { error: 'A or B must be set' })
    expect(loadConfig(schema, { A: 'x' })).toEqual({ A: 'x' })
    expect(() => loadConfig(schema, {})).toThrow('A or B must be set')
  })

  test('reads a value from the file that NAME_FILE names, unless NAME itself is set', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-config-'))
    const file = path.join(folder, 'secret')
    await writeFile(file, 'from the file\n')
    const env = { DATABASE_URL: 'postgres://h/d', SECRETS_KEY_FILE: file }
    expect(loadConfig(shape, env).SECRETS_KEY).toBe('from the file')
    expect(loadConfig(shape, { ...env, SECRETS_KEY: 'set' }).SECRETS_KEY).toBe('set')
    await rm(folder, { recursive: true })
    expect(errorOf(env).message).toBe('SECRETS_KEY_FILE cannot be read (ENOENT)')
  })
})
