/** What the vendor leaves open about records (settings of the same names). */
export interface RenderOptions {
  /** Whether what happens after the end of a contact (after-work, recordings, scores) moves its `lastActivityTime`. */
  readonly lastActivity: 'every-change' | 'until-ended'
}

export const AS_DOCUMENTED: RenderOptions = { lastActivity: 'every-change' }
