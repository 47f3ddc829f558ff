import { measureCanaries } from '../bench/connection/measure-canaries.ts'
import { measureLife } from '../bench/connection/measure-life.ts'
import { type Kill, isSurvivable, measureKills, measureStampede } from '../bench/connection/measure-refresh.ts'
import { withRefreshStands } from '../bench/connection/refresh-stand.ts'
import { writeMeasured } from '../demo/figures.ts'
import { table } from '../table.ts'

export interface ConnectionFlags {
  readonly processes: number
  readonly seed: number
  readonly short?: boolean
  readonly json?: string
}

type Figures = Readonly<Record<string, number>>

/**
 * `wxcc bench connection`: many processes need a token at once, processes are killed at every line of a refresh, and a pipeline lives for months, is
 * silent until its refresh token is dead, and is connected again; secrets and people are looked for wherever they do not belong.
 */
export async function benchConnection(flags: ConnectionFlags): Promise<void> {
  const isShort = flags.short === true
  const refresh = await measureRefresh(isShort ? 8 : flags.processes, isShort ? 1 : 5)
  const life = await measureLife({
    days: isShort ? 20 : 120,
    stepDays: 5,
    seed: flags.seed,
    say: (line) => console.log(line),
  })
  const canaries = await measureCanaries(flags.seed, (line) => console.log(line))
  const figures: Figures = { ...refresh, ...life, ...canaries }
  console.log(
    table(
      ['figure', 'value'],
      Object.entries(figures).map(([name, value]) => [name, String(value)]),
    ),
  )
  const missed = missedTargets(figures)
  for (const line of missed) console.log(`missed: ${line}`)
  const ok = missed.length === 0
  if (flags.json !== undefined) await writeMeasured(flags.json, { ok, seed: flags.seed, figures })
  if (!ok && !isShort) process.exitCode = 1
}

async function measureRefresh(processes: number, rounds: number): Promise<Figures> {
  const kills: Kill[] = []
  let stampede = { refreshCalls: 0, tokens: 0 }
  await withRefreshStands(async (stands) => {
    // The one that rotates: a second refresh would be refused.
    stampede = await measureStampede(stands.at(-1)!, processes)
    console.log(`${processes} processes: ${stampede.refreshCalls} refresh, ${stampede.tokens} tokens`)
    for (const stand of stands) kills.push(...(await measureKills(stand, rounds)))
  })
  for (const kill of kills)
    console.log(
      `killed at ${kill.dieAt}, ${kill.rotates ? 'rotating' : 'keeping'}: ${kill.next}${kill.consentCode === null ? '' : ` (${kill.consentCode})`}`,
    )
  const survivable = kills.filter(isSurvivable)
  const lost = kills.filter((kill) => !isSurvivable(kill))
  return {
    processes,
    ...stampede,
    kills: survivable.length,
    survivedKills: survivable.filter(({ next }) => next === 'token').length,
    killsTheVendorForbids: lost.length,
    lossesDetected: lost.filter(({ consentCode }) => consentCode === 'refresh_lost').length,
  }
}

function missedTargets(f: Figures): string[] {
  const targets: readonly [string, boolean][] = [
    ['one refresh for all processes', f['refreshCalls'] === 1 && f['tokens'] === f['processes']],
    ['every kill survived that the vendor allows', f['survivedKills'] === f['kills']],
    ['every token lost in a crash detected', f['lossesDetected'] === f['killsTheVendorForbids']],
    ['never disconnected while running', f['disconnectedWhileRunning'] === 0],
    ['five alarms for each of two connections, on time', f['alarms'] === 10 && f['alarmsOnTime'] === 10],
    ['both connections found expired', f['connectionsExpired'] === 2],
    ['complete after consent', f['tasksLoaded'] === f['tasksTrue'] && f['windowsUnproved'] === 0],
    ['no secret and no person where they do not belong', f['canariesPlanted']! > 50 && f['canariesFound'] === 0],
    ['no route that answers without a session', f['routes']! > 50 && f['openRoutes'] === 0],
    ['nothing buried', f['deadLetters'] === 0],
  ]
  return targets.flatMap(([what, isMet]) => (isMet ? [] : [what]))
}
