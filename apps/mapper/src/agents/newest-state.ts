/** Closed beats open, then the later end, then a fixed order of contents: the same copy wins whatever the order of arrival. */
export function isNewerInterval(
  candidate: { readonly endTime: Date | null; readonly rowHash: Buffer },
  held: { readonly endTime: Date | null; readonly rowHash: Buffer | null } | undefined,
): boolean {
  if (held === undefined) return true
  const [ours, theirs] = [candidate.endTime?.getTime() ?? -1, held.endTime?.getTime() ?? -1]
  return ours === theirs ? candidate.rowHash.compare(held.rowHash ?? Buffer.alloc(0)) > 0 : ours > theirs
}

/** How far a copy of a login has got. */
export interface SessionProgress {
  /** Null while it lasts. */
  readonly logoutEvidence: string | null
  readonly logoutMs: number | null
  /** As kept in `channel_totals`. */
  readonly channelTotals: unknown
}

/** A logout that is told beats one that is guessed, which beats being logged in; then the later logout, then the channels' last activity and number of states, then a fixed order. */
export function isNewerSession(candidate: SessionProgress, held: SessionProgress): boolean {
  const [ours, theirs] = [rank(candidate), rank(held)]
  for (let place = 0; place < ours.length; place += 1) {
    if (ours[place] !== theirs[place]) return ours[place]! > theirs[place]!
  }
  return ordered(candidate.channelTotals) > ordered(held.channelTotals)
}

function rank(progress: SessionProgress): readonly number[] {
  const channels = Object.values((progress.channelTotals ?? {}) as Record<string, Record<string, unknown>>)
  const figure = (name: string) =>
    channels.map((channel) => channel[name]).filter((value): value is number => typeof value === 'number')
  return [
    progress.logoutEvidence === 'source' ? 2 : progress.logoutEvidence === null ? 0 : 1,
    progress.logoutMs ?? -1,
    Math.max(-1, ...figure('lastActivityTime')),
    figure('totalCount').reduce((sum, count) => sum + count, 0),
    figure('totalDuration').reduce((sum, duration) => sum + duration, 0),
  ]
}

/** Text in which the order of keys does not matter: Postgres gives `jsonb` back in an order of its own. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  )
}
