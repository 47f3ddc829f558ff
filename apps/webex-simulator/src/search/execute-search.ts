import { execute, GraphQLError, parse, validate } from 'graphql'
import type { DocumentNode, FormattedExecutionResult } from 'graphql'
import { QueryRefused } from './refusal.ts'
import { searchSchema } from './schema.ts'
import type { SearchContext } from './search-context.ts'
import { searchRules } from './validation-rules.ts'

export interface SearchRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
}

/** `answered`: data, HTTP 200. `invalid`: the text is no query of this schema. `refused`: it is, but breaks a documented limit. */
export type SearchOutcome =
  | { readonly kind: 'answered'; readonly body: FormattedExecutionResult }
  | { readonly kind: 'invalid'; readonly body: FormattedExecutionResult }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }

type Checked = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

/** Clients send a handful of texts again and again; checking one costs more than answering a small query. */
const KNOWN_TEXTS = 200
const checkedTexts = new Map<string, Checked>()

function check(query: string): Checked {
  const known = checkedTexts.get(query)
  if (known !== undefined) return known
  const checked = parseAndValidate(query)
  if (checkedTexts.size >= KNOWN_TEXTS) checkedTexts.clear()
  checkedTexts.set(query, checked)
  return checked
}

function parseAndValidate(query: string): Checked {
  try {
    const document = parse(query)
    const errors = validate(searchSchema, document, searchRules)
    return errors.length === 0 ? { document } : { errors: errors.map(asValidationError) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    return {
      errors: [
        new GraphQLError(`Invalid Syntax : ${error.message}`, { extensions: { classification: 'InvalidSyntax' } }),
      ],
    }
  }
}

function asValidationError(error: GraphQLError): GraphQLError {
  if (error.extensions['classification'] !== undefined) return error
  return new GraphQLError(`Validation error : ${error.message}`, {
    nodes: error.nodes,
    extensions: { classification: 'ValidationError' },
  })
}

/** Parses, validates and executes one query against one moment of the world. */
export async function executeSearch(request: SearchRequest, context: SearchContext): Promise<SearchOutcome> {
  const checked = check(request.query)
  if ('errors' in checked) return { kind: 'invalid', body: { errors: checked.errors.map((error) => error.toJSON()) } }
  const result = await execute({
    schema: searchSchema,
    document: checked.document,
    contextValue: context,
    variableValues: request.variables,
    ...(request.operationName === undefined ? {} : { operationName: request.operationName }),
  })
  for (const error of result.errors ?? []) {
    if (error.originalError instanceof QueryRefused) {
      return { kind: 'refused', status: error.originalError.status, reason: error.originalError.message }
    }
  }
  const errors = result.errors?.map((error) => error.toJSON())
  // Without data nothing ran: a variable was missing or of the wrong type.
  if (result.data === undefined && errors !== undefined) return { kind: 'invalid', body: { errors } }
  return { kind: 'answered', body: { ...(errors === undefined ? {} : { errors }), data: result.data ?? null } }
}
