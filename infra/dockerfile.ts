import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DockerfileParser, type JSONInstruction } from 'dockerfile-ast'
import { ROOT } from './compose-file.ts'

export const dockerfileText = readFileSync(path.join(ROOT, 'infra/Dockerfile'), 'utf8')
export const dockerfile = DockerfileParser.parse(dockerfileText)

/** Where the image keeps the repository. */
export const APP_FOLDER = '/app'

/** The words of the last `ENTRYPOINT` or `CMD`; undefined if there is none or it goes through a shell. */
export function execForm(keyword: 'ENTRYPOINT' | 'CMD'): string[] | undefined {
  const found = dockerfile.getInstructions().findLast((instruction) => instruction.getKeyword() === keyword)
  if (found === undefined || (found as JSONInstruction).getOpeningBracket() === null) return undefined
  return JSON.parse(found.getArgumentsContent() ?? '') as string[]
}

/** What `ENV` sets for every container. */
export function imageEnvironment(): Record<string, string> {
  return Object.fromEntries(
    dockerfile
      .getENVs()
      .flatMap((instruction) => instruction.getProperties())
      .map((property) => [property.getName(), property.getValue() ?? '']),
  )
}
