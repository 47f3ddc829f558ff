/** `pnpm conformance --samples DIR [--json FILE]`: public samples against the simulator. Exit code 1 when anything failed, 2 for wrong usage. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { runConformance } from './conformance.ts'
import type { Conformance } from './conformance.ts'

const USAGE = 'usage: pnpm conformance --samples DIR [--json FILE]'

function table({ rows, ...figures }: Conformance): string {
  const width = Math.max(0, ...rows.map((row) => row.name.length))
  const lines = rows.map((row) => {
    const text = `${row.name.padEnd(width)}  ${row.verdict.padEnd(20)}  ${row.shape}`
    return row.reason === '' ? text : `${text}: ${row.reason}`
  })
  return [
    ...lines,
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
