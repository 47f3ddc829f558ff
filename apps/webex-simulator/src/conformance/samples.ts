/** Public queries and their published answers, found in a folder by what the files hold; nothing of them is kept here. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fillIn } from './fill-in.ts'

export interface Sample {
  /** Path below the folder; of a collection, with the name of its item. */
  readonly name: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  /** Text of the published answer. */
  readonly answer: string | undefined
}

const NAMED_ANSWER = /response\.json$/i

/** A few answers go without the word in their name. */
function isAnswer(path: string, text: string): boolean {
  if (NAMED_ANSWER.test(path)) return true
  const value = path.endsWith('.json') ? parsed(text) : undefined
  return isObject(value) && isObject(value['data'])
}

/** `Simple query.graphql` is answered by `Simple query-response.json`, `x.graphql` and `x.request.json` by `x.response.json`. */
function stemOf(path: string): string {
  return path
    .replace(/[-_. ]*(response|request)?\.(json|graphql|gql)$/i, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9/]/g, '')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Bodies of queries inside a JSON file: the request itself, or a collection of requests with `graphql` bodies. */
function requestsIn(value: unknown, name: string): readonly Omit<Sample, 'answer'>[] {
  if (Array.isArray(value)) return value.flatMap((one) => requestsIn(one, name))
  if (!isObject(value)) return []
  const { query, variables } = value
  if (typeof query === 'string' && query.includes('{')) {
    const given = typeof variables === 'string' ? parsed(fillIn(variables)) : variables
    return [{ name, query: fillIn(query), variables: isObject(given) ? given : {} }]
  }
  const label = typeof value['name'] === 'string' ? `${name}#${value['name']}` : name
  return ['item', 'request', 'body', 'graphql'].flatMap((key) => requestsIn(value[key], label))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function queriesIn(name: string, text: string): readonly Omit<Sample, 'answer'>[] {
  if (/\.(graphql|gql)$/i.test(name)) return [{ name, query: fillIn(text), variables: {} }]
  return requestsIn(parsed(text) ?? parsed(fillIn(text)), name).map((request) => ({
    ...request,
    variables: filledVariables(request.variables),
  }))
}

function filledVariables(variables: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const filled = parsed(fillIn(JSON.stringify(variables)))
  return isObject(filled) ? filled : variables
}

/** Every query of the folder and its sub-folders, by name. */
export async function readSamples(folder: string): Promise<readonly Sample[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && /\.(json|graphql|gql)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
  const answers = new Map(
    files.filter(({ path, text }) => isAnswer(path, text)).map(({ path, text }) => [stemOf(path), text]),
  )
  return files
    .filter(({ path, text }) => !isAnswer(path, text))
    .flatMap(({ path, text }) =>
      queriesIn(relative(folder, path), text).map((query) => ({ ...query, answer: answers.get(stemOf(path)) })),
    )
}
