/** `pnpm conformance --samples DIR [--json FILE]`: public samples against the simulator. Exit code 1 when anything failed, 2 for wrong usage. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runConformance } from './conformance.ts'
import type { Conformance } from './conformance.ts'

const USAGE = 'usage: pnpm conformance --samples DIR [--json FILE]'

function line(width: number, name: string, verdict: string, reason: string): string {
  const text = `${name.padEnd(width)}  ${verdict}`
  return reason === '' ? text : `${text}: ${reason}`
}

function table({ rows, endpoints, ...figures }: Conformance): string {
  const width = Math.max(0, ...[...rows, ...endpoints].map((row) => row.name.length))
  return [
    ...rows.map(({ name, verdict, shape, reason }) => line(width, name, `${verdict.padEnd(20)}  ${shape}`, reason)),
    '',
    ...endpoints.map(({ name, status, shape, reason }) => line(width, name, `HTTP ${status}  ${shape}`, reason)),
    '',
    Object.entries(figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(' · '),
  ].join('\n')
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { samples: { type: 'string' }, json: { type: 'string' } } })
  if (values.samples === undefined) {
    console.error(USAGE)
    return 2
  }
  const result = await runConformance(values.samples)
  console.log(table(result))
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(result, null, 2)}\n`)
  if (result.queries > 0) return result.failed === 0 ? 0 : 1
  console.error(`no query found in ${values.samples}`)
  return 1
}

process.exitCode = await main()
