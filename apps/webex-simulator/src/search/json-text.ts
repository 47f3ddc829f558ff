/** JSON text of scalars, as fast as it can be had: pages hold hundreds of thousands of them. */

import type { Json } from '../world.ts'

/** Anything but characters that JSON writes as they are; surrogates go the careful way, for lone ones must be escaped. */
const NEEDS_CARE = /[^ !#-[\]-\ud7ff\ue000-\uffff]/

/** Whether JSON must escape something in it; a text that needs nothing only wants its quotation marks. */
export function needsCare(text: string): boolean {
  return NEEDS_CARE.test(text)
}

/**
 * A double as the vendor writes it, which is Java's way: always with a fraction (`24.0`), with an exponent from ten million upwards
 * (`1.3572571E8`) and below a thousandth (webex-cc-api §3.7).
 */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  const size = Math.abs(value)
  if (size === 0) return '0.0'
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value)
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

export type ScalarKind = 'string' | 'int' | 'float' | 'boolean' | 'json'

/** A value as the scalar of its field prints it: GraphQL's output coercion for its own scalars, anything as it is for `Long` and `JSON`. */
export function scalarText(kind: string, value: Json): string {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? JSON.stringify(value) : textual(value)
    case 'int':
      return whole(value)
    case 'boolean':
      return value === true ? 'true' : value === false ? 'false' : truth(value)
    case 'float':
      return fraction(value)
    default:
      return typeof value === 'number' ? `${value}` : JSON.stringify(value)
  }
}

/** What does not fit is null. */
function textual(value: Json): string {
  return typeof value === 'object' ? 'null' : `"${String(value)}"`
}

const MAX_INT = 2_147_483_647

function whole(value: Json): string {
  const number =
    typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= MAX_INT ? `${number}` : 'null'
}

function fraction(value: Json): string {
  const number =
    typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' ? javaDouble(number) : 'null'
}

function truth(value: Json | undefined): string {
  return typeof value === 'number' && Number.isFinite(value) ? String(value !== 0) : 'null'
}
