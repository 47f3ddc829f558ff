/** `bad` stops loading, `warn` is worth a look, `skipped` could not be told because something before it is bad. */
export type Verdict = 'good' | 'warn' | 'bad' | 'skipped'

/** One line of the doctor's table. `found` and `advice` name settings and words of ours, never values, secrets or people. */
export interface Finding {
  readonly check: string
  readonly verdict: Verdict
  readonly found: string
  /** What to do; absent when all is well. */
  readonly advice?: string
}

export const good = (check: string, found: string): Finding => ({ check, verdict: 'good', found })
export const warn = (check: string, found: string, advice: string): Finding => ({
  check,
  verdict: 'warn',
  found,
  advice,
})
export const bad = (check: string, found: string, advice: string): Finding => ({ check, verdict: 'bad', found, advice })
export const skipped = (check: string, found: string): Finding => ({ check, verdict: 'skipped', found })
