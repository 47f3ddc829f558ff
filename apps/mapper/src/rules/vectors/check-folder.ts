import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { differencesOf } from './differences.ts'
import { runVector } from './run-vector.ts'
import { readVectorInput, readVectorOutput } from './vector-file.ts'

export interface VectorVerdict {
  readonly name: string
  /** What is wrong, one line each; empty when the rows are as asked. */
  readonly problems: readonly string[]
}

const [IN, OUT] = ['.in.json', '.out.json']

/** Names of the pairs in a folder: `<name>.in.json` with `<name>.out.json`; a file without its other half is named too. */
export function vectorNames(folder: string): string[] {
  const names = readdirSync(folder).flatMap((file) => {
    const ending = [IN, OUT].find((each) => file.endsWith(each))
    return ending === undefined ? [] : [file.slice(0, -ending.length)]
  })
  return [...new Set(names)].sort()
}

/** Never throws for what a file holds: a file that cannot be read is a problem of its vector. */
export function checkVector(folder: string, name: string): VectorVerdict {
  const [inFile, outFile] = [join(folder, name + IN), join(folder, name + OUT)]
  for (const file of [inFile, outFile]) if (!existsSync(file)) return { name, problems: [`${file} is missing`] }
  try {
    const input = readVectorInput(JSON.parse(readFileSync(inFile, 'utf8')))
    const expected = readVectorOutput(JSON.parse(readFileSync(outFile, 'utf8')))
    return { name, problems: differencesOf(expected, runVector(input)) }
  } catch (error) {
    return { name, problems: [`not a vector: ${error instanceof Error ? error.message : String(error)}`] }
  }
}
