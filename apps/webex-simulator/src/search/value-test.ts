/** Operators of filter expressions (webex-cc-api §3.5) as tests of one value. Pure; made once per query. */
import { isRecord } from '../json.ts'
import type { Json } from '../world.ts'
import { QueryRefused } from './refusal.ts'

export type ValueTest = (value: Json) => boolean

/** Whole value, as Lucene-like engines match; `+12…` is a phone number far more often than a quantifier. */
function wholeMatch(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern.replace(/^\+/, '\\+')})$`, 'u')
  } catch {
    throw new QueryRefused('match: not a regular expression')
  }
}

/** Text that can only be meant as a pattern: `.` and `+` alone stand in addresses and numbers. */
const LOOKS_LIKE_PATTERN = /\.[*+?]|[[\]|^$\\]|\(.*\)/

/** `contains` is a substring, and by the vendor's course a regular expression too. */
function containsTest(operand: string): ValueTest {
  const pattern = LOOKS_LIKE_PATTERN.test(operand) ? patternInside(operand) : undefined
  return (value) => typeof value === 'string' && (value.includes(operand) || pattern?.test(value) === true)
}

function patternInside(operand: string): RegExp | undefined {
  try {
    return new RegExp(operand.replace(/^\+/, '\\+'), 'u')
  } catch {
    return undefined
  }
}

function operatorTest(operator: string, operand: unknown): ValueTest {
  switch (operator) {
    case 'equals':
      return (value) => value === (operand ?? null)
    case 'notequals':
      return (value) => value !== (operand ?? null)
    case 'contains':
      return containsTest(String(operand))
    case 'match': {
      const pattern = wholeMatch(String(operand))
      return (value) => typeof value === 'string' && pattern.test(value)
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return boundTest(operator, operand)
    default:
      throw new QueryRefused(`unknown operator ${operator}`)
  }
}

/** A number is never above or below `null`. */
function boundTest(operator: 'gt' | 'gte' | 'lt' | 'lte', operand: unknown): ValueTest {
  const bound = typeof operand === 'number' ? operand : Number.NaN
  switch (operator) {
    case 'gt':
      return (value) => typeof value === 'number' && value > bound
    case 'gte':
      return (value) => typeof value === 'number' && value >= bound
    case 'lt':
      return (value) => typeof value === 'number' && value < bound
    case 'lte':
      return (value) => typeof value === 'number' && value <= bound
    default:
      return operator satisfies never
  }
}

/** `{ gte: 5, lt: 7 }`: all operators must hold; an absent expression lets everything pass. */
export function expressionTest(expression: unknown): ValueTest {
  const tests = Object.entries(isRecord(expression) ? expression : {}).map(([operator, operand]) =>
    operatorTest(operator, operand),
  )
  const [first, second] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  return (value) => tests.every((test) => test(value))
}
