import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { APP_SETTINGS, SECRETS } from './app-settings.ts'
import { ROOT, composeText, variablesOf } from './compose-file.ts'

/** What is used of a zod type. */
interface Setting {
  readonly safeParse: (value: unknown) => { readonly data?: unknown }
}

const lines = readFileSync(path.join(ROOT, '.env.example'), 'utf8').split('\n')
const example = new Map(
  lines.flatMap((line, index) => {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, { value, above: lines[index - 1] ?? '' }] as const]
  }),
)
const read = new Map<string, Setting[]>()
for (const { shape } of Object.values(APP_SETTINGS))
  for (const [name, type] of Object.entries<Setting>(shape)) read.set(name, [...(read.get(name) ?? []), type])
const compose = new Set(variablesOf(composeText).map(({ name }) => name))

test('names every setting that an app or docker-compose.yml reads, and nothing else', () => {
  expect([...example.keys()].sort()).toEqual([...new Set([...read.keys(), ...compose])].sort())
})

test('says about each what it is', () => {
  for (const [name, { above }] of example) expect(`${name}: ${above}`).toMatch(/: # \S.{10,}/)
})

test('has no value for a secret', () => {
  for (const secret of SECRETS) expect([secret, example.get(secret)?.value]).toEqual([secret, ''])
})

/** The one default that every app gives it; undefined if there is none, or it depends on the app or on the machine. */
function defaultOf(types: readonly Setting[]): unknown {
  const [first, ...others] = types.map((type) => type.safeParse(undefined).data)
  const isPlain = ['string', 'number', 'boolean'].includes(typeof first) && !String(first).startsWith(os.tmpdir())
  return isPlain && others.every((other) => other === first) ? first : undefined
}

test.each([...read])('%s has the default of the apps that read it, or nothing', (name, types) => {
  const { value } = example.get(name)!
  expect(value === '' ? undefined : types[0]!.safeParse(value).data).toEqual(defaultOf(types))
})
