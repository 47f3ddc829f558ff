/** JSON text of scalars, as fast as it can be had: pages hold hundreds of thousands of them. */

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
