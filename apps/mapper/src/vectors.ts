import { readFileSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { checkVector, vectorNames } from './rules/vectors/check-folder.ts'
import { runVector } from './rules/vectors/run-vector.ts'
import { readVectorInput } from './rules/vectors/vector-file.ts'

/**
 * Checks vectors of your own against the mapping: `vectors <folder>` runs every pair of it and exits with 1 if one differs;
 * `vectors --print <name>.in.json` prints the rows of one task, all facts. The format: apps/mapper/vectors/README.md.
 */
const { positionals, values } = parseArgs({ allowPositionals: true, options: { print: { type: 'boolean' } } })
const [path] = positionals
if (path === undefined || positionals.length > 1) {
  console.error('usage: vectors <folder> | vectors <name>.in.json | vectors --print <name>.in.json')
  process.exitCode = 2
} else if (values.print === true) {
  console.log(JSON.stringify(runVector(readVectorInput(JSON.parse(readFileSync(path, 'utf8')))), null, 2))
} else {
  check(path)
}

function check(place: string): void {
  const isFolder = statSync(place).isDirectory()
  const folder = isFolder ? place : dirname(place)
  const names = isFolder ? vectorNames(folder) : [basename(place).replace(/\.(in|out)\.json$/, '')]
  const verdicts = names.map((name) => checkVector(folder, name))
  const failed = verdicts.filter(({ problems }) => problems.length > 0)
  for (const { name, problems } of failed) console.log([name, ...problems.map((line) => `  ${line}`)].join('\n'))
  console.log(`${verdicts.length - failed.length} of ${verdicts.length} vectors are as expected`)
  if (failed.length > 0 || verdicts.length === 0) process.exitCode = 1
}
