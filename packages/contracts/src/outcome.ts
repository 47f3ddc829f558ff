/** All that a job may say about itself when it did not throw. Skipping is a result, not an exception. */
export type Outcome =
  | { readonly kind: 'done'; readonly counts?: Readonly<Record<string, number>> }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }

/**
 * `stale`: the ledger had moved on, nothing was claimed. `budget`: the request budget is closed, the row was given back with its `not_before`. `consent`: the
 * credential needs consent, the row waits for it.
 * `stopping`: the worker is shutting down and gave the row back. `fenced`: another claim overtook this one.
 */
export type SkipReason = 'stale' | 'budget' | 'consent' | 'stopping' | 'fenced'
