import { z } from 'zod'

/** A query parameter the vendor would answer 400 to; the message names it. */
export class RestQueryError extends Error {}

const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new RestQueryError(`${name} must be a whole number from ${least} to ${most}.`)
  return value
}

type Query = Readonly<Record<string, unknown>>

function textOf(query: Query, name: string): string | undefined {
  const parsed = z.string().safeParse(query[name])
  return parsed.success && parsed.data !== '' ? parsed.data : undefined
}

/** A whole number with bounds, or the default. @throws RestQueryError */
export function readNumber(query: Query, name: string, least: number, most: number, otherwise: number): number {
  const text = textOf(query, name)
  return text === undefined ? otherwise : wholeNumber(name, text, least, most)
}

/** A comma-separated list; undefined when the parameter is absent. @throws RestQueryError when it is too long */
export function readList(query: Query, name: string, most: number): readonly string[] | undefined {
  const values = textOf(query, name)
    ?.split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '')
  if (values !== undefined && values.length > most) throw new RestQueryError(`${name} should not exceed ${most}.`)
  return values
}

/** `from` is mandatory, `to` is now when absent or in the future. Epoch ms. @throws RestQueryError */
export function readFromTo(query: Query, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const from = textOf(query, 'from')
  if (from === undefined) throw new RestQueryError('from is required.')
  const most = Number.MAX_SAFE_INTEGER
  const fromMs = wholeNumber('from', from, 0, most)
  const toMs = Math.min(readNumber(query, 'to', 0, most, nowMs), nowMs)
  if (fromMs > toMs) throw new RestQueryError('from must be before to and not in the future.')
  return { fromMs, toMs }
}
