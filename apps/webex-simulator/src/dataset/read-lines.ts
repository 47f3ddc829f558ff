import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { errorCode } from '../json.ts'

/** A dataset that cannot be used; the message names file and line and holds no content. */
export class DatasetError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DatasetError'
  }
}

export interface Line<T> {
  readonly value: T
  /** `tasks.jsonl:17`, for messages. */
  readonly where: string
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** JSON lines of one file, checked by a schema; a missing file has none, blank lines are passed over. */
export async function readLines<S extends z.ZodType>(
  folder: string,
  file: string,
  schema: S,
): Promise<readonly Line<z.output<S>>[]> {
  const text = await readText(join(folder, file))
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    const where = `${file}:${index + 1}`
    return [{ value: parseLine(line, where, schema), where }]
  })
}

function parseLine<S extends z.ZodType>(line: string, where: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parseJson(line, where))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new DatasetError(`${where}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a record'}`)
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new DatasetError(`${where}: not JSON`)
  }
}
