/** What the process has cost so far. */
export interface ProcessFigures {
  readonly rssBytes: number
  /** User and system time since the start. */
  readonly cpuMs: number
  readonly upMs: number
}

export function processFigures(): ProcessFigures {
  const { user, system } = process.cpuUsage()
  return {
    rssBytes: process.memoryUsage.rss(),
    cpuMs: Math.round((user + system) / 1000),
    upMs: Math.round(process.uptime() * 1000),
  }
}
