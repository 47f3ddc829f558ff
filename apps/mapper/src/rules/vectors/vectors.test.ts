import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkVector, vectorNames } from './check-folder.ts'

const FOLDER = join(import.meta.dirname, '../../../vectors')
const INDEX = z
  .record(z.string(), z.strictObject({ shows: z.array(z.string()).min(1), about: z.string().min(1) }))
  .parse(JSON.parse(readFileSync(join(FOLDER, 'index.json'), 'utf8')))

/** Rulings on agent time are no task's rows: their cases are in rules/agent-time/agent-activity.test.ts. */
const AGENT_TIME = [26, 27, 28, 29, 30, 31]
const numbers = (letter: string, count: number) => Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)
const RULES = [...numbers('G', 13), ...numbers('E', 18), ...numbers('R', 36)].filter(
  (rule) => !AGENT_TIME.map((number) => `R${number}`).includes(rule),
)

describe('vectors: vendor JSON in, rows out', () => {
  it.each(vectorNames(FOLDER))('%s', (name) => {
    expect(checkVector(FOLDER, name).problems).toEqual([])
  })

  it('the index names every pair, and no other', () => {
    expect(Object.keys(INDEX).sort()).toEqual(vectorNames(FOLDER))
  })

  it.each(RULES)('%s has a pair', (rule) => {
    expect(Object.values(INDEX).filter(({ shows }) => shows.includes(rule))).not.toEqual([])
  })

  it('the rulings on agent time have tests of their own', () => {
    const tests = readFileSync(join(import.meta.dirname, '../agent-time/agent-activity.test.ts'), 'utf8')
    for (const number of AGENT_TIME) expect(tests).toMatch(new RegExp(`rulings?[^)]*\\b${number}\\b`))
  })
})
