import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CALLS } from './control/index-route.ts'
import { FAULT_KINDS } from './control/fault-routes.ts'
import { PERSONA_NAMES } from './personas.ts'
import { SETTING_LINES } from './settings-lines.ts'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

/** Rows of tables whose first cell names something. */
const isNamed = (name: string) => new RegExp(`^\\|[^|]*\`${name}[\`/{?]`, 'm').test(README)

describe('README.md', () => {
  it.each(SETTING_LINES.map(({ name }) => name))('has a row for %s', (name) => {
    expect(isNamed(name)).toBe(true)
  })

  it('states every default', () => {
    const rows = README.split('\n').filter((line) => line.startsWith('|'))
    const statedOf = (name: string) => rows.find((row) => row.split('|')[1]?.includes(`\`${name}\``))?.split('|')[2]
    const wrong = SETTING_LINES.filter(
      ({ name, preset }) => preset !== undefined && statedOf(name)?.includes(preset) !== true,
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  it.each(FAULT_KINDS)('has a row for the fault %s', (kind) => {
    expect(isNamed(kind)).toBe(true)
  })

  it.each(PERSONA_NAMES)('has a row for the persona %s', (name) => {
    expect(isNamed(name)).toBe(true)
  })

  it('names every control call', () => {
    const paths = Object.keys(CALLS).map((call) => call.replace(/^\w+ /, '').replace(/\/\{.*/, ''))
    expect(paths.filter((path) => !README.includes(path))).toEqual([])
  })

  it('says where each open question is decided', () => {
    const table = README.slice(README.indexOf('## What is known'))
    // Worlds, addresses, clocks and names are no questions to the vendor.
    const OURS =
      /PERSONA|PORT|HOST|SEED|TASKS|AGENTS|DAYS|MONTHS|TIME_ZONE|^SIM_ORG|DATASET|CLOCK_S|UNTIL|CLIENT|REGION$|SCOPES|REDIRECT|CODE$|TOKEN$|LOST|LATE|MONO|RECORDS$/
    const switches = SETTING_LINES.map(({ name }) => name).filter((name) => !OURS.test(name))
    expect(switches.length).toBeGreaterThan(20)
    expect(switches.filter((name) => !table.includes(name))).toEqual([])
  })
})
