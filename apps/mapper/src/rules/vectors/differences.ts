import { isDeepStrictEqual } from 'node:util'
import type { VectorRows } from './run-vector.ts'
import type { VectorOutput } from './vector-file.ts'

/** Where the rows are not what a vector asks, one line each; empty when all is well. */
export function differencesOf(expected: VectorOutput, actual: VectorRows): string[] {
  const found = factDifferences('conversation', expected.conversation, actual.conversation)
  const [asked, given] = [expected.engagements, actual.engagements]
  if (asked.length !== given.length) {
    found.push(`engagements: expected ${asked.length} (${typesOf(asked)}), got ${given.length} (${typesOf(given)})`)
  }
  for (const [place, facts] of asked.entries()) {
    const row = given[place]
    if (row === undefined) break
    found.push(...factDifferences(`#${place + 1} ${String(row['engagement_type'])}`, facts, row))
  }
  if (!isDeepStrictEqual(expected.unknown_events, actual.unknown_events)) {
    found.push(`unknown_events: expected ${show(expected.unknown_events)}, got ${show(actual.unknown_events)}`)
  }
  return found
}

type Facts = Readonly<Record<string, unknown>>

function factDifferences(place: string, expected: Facts, actual: Facts): string[] {
  return Object.entries(expected).flatMap(([column, value]) => {
    if (!(column in actual)) return [`${place}.${column}: no such column`]
    if (isDeepStrictEqual(value, actual[column])) return []
    return [`${place}.${column}: expected ${show(value)}, got ${show(actual[column])}`]
  })
}

function typesOf(rows: readonly Facts[]): string {
  return rows.map((row) => show(row['engagement_type'] ?? '?').replaceAll('"', '')).join(', ')
}

function show(value: unknown): string {
  return JSON.stringify(value)
}
