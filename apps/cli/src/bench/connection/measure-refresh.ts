import type { RefreshStand } from './refresh-stand.ts'
import { KILL_POINTS, type KillPoint } from './token-processes.ts'

/** Many processes find no good token at the same moment: how often the vendor is asked. */
export async function measureStampede(
  stand: RefreshStand,
  processes: number,
): Promise<{ readonly refreshCalls: number; readonly tokens: number }> {
  await stand.renew()
  // A few at a time: what counts is that they ask at once, not that they start at once.
  const ready = []
  for (let index = 0; index < processes; index += 5)
    ready.push(
      ...(await Promise.all(Array.from({ length: Math.min(5, processes - index) }, () => stand.startProcess()))),
    )
  const before = await stand.vendor.livingTokens()
  const said = await Promise.all(ready.map((process) => process.ask()))
  return {
    refreshCalls: (await stand.vendor.livingTokens()) - before,
    tokens: said.filter((one) => one === 'token').length,
  }
}

export interface Kill {
  readonly rotates: boolean
  readonly dieAt: KillPoint
  /** What the next process that needed a token got: `token`, or a failure's code. */
  readonly next: string
  /** Why the connection was lost, if it was. */
  readonly consentCode: string | null
}

/** Kills a process at every line of a refresh; then another one needs a token. */
export async function measureKills(stand: RefreshStand, rounds: number): Promise<Kill[]> {
  const kills: Kill[] = []
  for (let round = 0; round < rounds; round++)
    for (const dieAt of KILL_POINTS) {
      await stand.renew()
      const [victim, next] = await Promise.all([stand.startProcess(dieAt), stand.startProcess()])
      const end = await victim.ask()
      if (end !== 'killed') throw new Error(`the process that was to die at ${dieAt} said ${end}`)
      kills.push({ rotates: stand.rotates, dieAt, next: await next.ask(), consentCode: await stand.consentCode() })
    }
  return kills
}

/** Who has the vendor's answer and dies before it is stored takes a rotated token along: nobody else ever saw it. */
export function isSurvivable({ rotates, dieAt }: Pick<Kill, 'rotates' | 'dieAt'>): boolean {
  return !(rotates && dieAt === 'granted')
}
