import { execute } from 'graphql'
import type { DocumentNode, FormattedExecutionResult } from 'graphql'
import { joinPieces } from './answer-bytes.ts'
import { answerRoot } from './answer-root.ts'
import { createPace } from './pace.ts'
import { createQueryPreparer } from './prepare-query.ts'
import type { QueryPreparer } from './prepare-query.ts'
import { QueryRefused } from './refusal.ts'
import { searchSchema } from './schema.ts'
import type { SearchContext } from './search-context.ts'
import { searchRulesFor } from './validation-rules.ts'

export interface SearchRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
}

/** `answered`: JSON with data, HTTP 200. `invalid`: the text is no query of this schema. `refused`: it is, but breaks a documented limit. */
export type SearchOutcome =
  | { readonly kind: 'answered'; readonly body: Buffer }
  | { readonly kind: 'invalid'; readonly body: FormattedExecutionResult }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }

/** What a query compiles to depends on these switches beside its text. */
const preparers = new Map<string, QueryPreparer>()

function preparerFor({ innerTies, emptyObjects, absentMembers, introspection }: SearchContext): QueryPreparer {
  const name = `${innerTies}/${emptyObjects}/${absentMembers}/${introspection}`
  let preparer = preparers.get(name)
  if (preparer === undefined) {
    const language = { schema: searchSchema, rules: searchRulesFor({ introspection }) }
    preparer = createQueryPreparer(language, { innerTies, emptyObjects, absentMembers })
    preparers.set(name, preparer)
  }
  return preparer
}

/** Parses, validates and executes one query against one moment of the world. */
export async function executeSearch(request: SearchRequest, context: SearchContext): Promise<SearchOutcome> {
  const { query, variables, operationName } = request
  const prepared = preparerFor(context).prepare(query, variables, operationName)
  if ('errors' in prepared) return { kind: 'invalid', body: { errors: prepared.errors.map((error) => error.toJSON()) } }
  const pace = createPace()
  const pieces: Buffer[] = []
  try {
    for (const [position, field] of prepared.fields.entries()) {
      pieces.push(Buffer.from(`${position === 0 ? '{"data":{' : ','}"${field.key}":`))
      switch (field.kind) {
        case 'root':
          pieces.push(...(await answerRoot(field.compiled, field.args, context, pace)))
          break
        case 'typename':
          pieces.push(Buffer.from(`"${field.typeName}"`))
          break
        case 'introspection':
          pieces.push(Buffer.from(await introspect(prepared.document, request, field.key)))
          break
        default:
          field satisfies never
      }
    }
  } catch (error) {
    if (!(error instanceof QueryRefused)) throw error
    return { kind: 'refused', status: error.status ?? context.limitStatus, reason: error.message }
  }
  return { kind: 'answered', body: joinPieces([...pieces, Buffer.from('}}')]) }
}

/** Questions about the schema itself are the library's to answer; roots beside them stay unasked. */
async function introspect(document: DocumentNode, request: SearchRequest, key: string): Promise<string> {
  const { variables, operationName } = request
  const result = await execute({
    schema: searchSchema,
    document,
    variableValues: variables,
    fieldResolver: () => null,
    ...(operationName === undefined ? {} : { operationName }),
  })
  return JSON.stringify(result.data?.[key] ?? null)
}
