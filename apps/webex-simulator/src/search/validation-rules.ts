/** Validation of a query against the schema, its errors in the shape and words of graphql-java. */
import {
  DeferStreamDirectiveLabelRule,
  DeferStreamDirectiveOnRootFieldRule,
  DeferStreamDirectiveOnValidOperationsRule,
  FieldsOnCorrectTypeRule,
  GraphQLError,
  isRequiredArgument,
  Kind,
  MaxIntrospectionDepthRule,
  ProvidedRequiredArgumentsRule,
  SingleFieldSubscriptionsRule,
  specifiedRules,
  StreamDirectiveOnListFieldRule,
  ValuesOfCorrectTypeRule,
} from 'graphql'
import type { ASTNode, ASTVisitor, ValidationContext, ValidationRule } from 'graphql'
import { literalsFit } from './literals-fit.ts'
import { WORDS_OF } from './validation-words.ts'
import type { Words } from './validation-words.ts'

type Ancestors = readonly (ASTNode | readonly ASTNode[])[]

function fieldPath(ancestors: Ancestors, last: string): string {
  const above = ancestors.flatMap((node) => ('kind' in node && node.kind === Kind.FIELD ? [node.name.value] : []))
  return [...above, last].join('/')
}

function validationError([kind, text]: Words, path: string, nodes: readonly ASTNode[]): GraphQLError {
  const place = path === '' ? kind : `${kind}@[${path}]`
  return new GraphQLError(`Validation error (${place}) : ${text}`, {
    nodes,
    extensions: { classification: 'ValidationError' },
  })
}

const INTROSPECTION: ReadonlySet<string> = new Set(['__schema', '__type'])

/** An unknown field; introspection that is switched off looks the same, as graphql-java hides those fields. */
function fieldIsDefined(introspection: boolean): ValidationRule {
  return (context) => ({
    Field(node, _key, _parent, _path, ancestors) {
      const type = context.getParentType()
      const name = node.name.value
      const isHidden = !introspection && INTROSPECTION.has(name)
      if (!type || (context.getFieldDef() && !isHidden)) return
      const text = `Field '${name}' in type '${type.name}' is undefined`
      context.reportError(validationError(['FieldUndefined', text], fieldPath(ancestors, name), [node]))
    },
  })
}

const argumentsAreGiven: ValidationRule = (context) => ({
  Field: {
    leave(node, _key, _parent, _path, ancestors) {
      const given = new Set(node.arguments?.map((argument) => argument.name.value))
      for (const argument of context.getFieldDef()?.args ?? []) {
        if (given.has(argument.name) || !isRequiredArgument(argument)) continue
        const words: Words = ['MissingFieldArgument', `Missing field argument '${argument.name}'`]
        context.reportError(validationError(words, fieldPath(ancestors, node.name.value), [node]))
      }
    },
  },
})

/** Fields from the root down to where the walk through a document stands. */
class Walk {
  readonly fields: string[] = []

  get path(): string {
    return this.fields.join('/')
  }
}

/** Keeps {@link Walk} up to date; must be the first rule, so that the others find it right when they enter a node. */
function walking(walk: Walk): ASTVisitor {
  return {
    // Validation may have given up in the middle of the document before.
    Document: () => void (walk.fields.length = 0),
    Field: { enter: (node) => void walk.fields.push(node.name.value), leave: () => void walk.fields.pop() },
  }
}

function inOtherWords(rule: ValidationRule, walk: Walk): ValidationRule {
  const wordsOf = WORDS_OF.get(rule)
  if (wordsOf === undefined) return rule
  return (context) => {
    const reportError = (error: GraphQLError) =>
      context.reportError(validationError(wordsOf(error.message), walk.path, error.nodes?.slice(0, 1) ?? []))
    return rule(Object.create(context, { reportError: { value: reportError } }) as ValidationContext)
  }
}

const literals =
  (walk: Walk): ValidationRule =>
  (context) =>
    literalsFit(context, (words, node) => context.reportError(validationError(words, walk.path, [node])))

/** Put differently below, or about things this schema does not have: each rule walks every literal of a long filter. */
const LEFT_OUT = new Set<ValidationRule>([
  FieldsOnCorrectTypeRule,
  ProvidedRequiredArgumentsRule,
  ValuesOfCorrectTypeRule,
  DeferStreamDirectiveLabelRule,
  DeferStreamDirectiveOnRootFieldRule,
  DeferStreamDirectiveOnValidOperationsRule,
  StreamDirectiveOnListFieldRule,
  SingleFieldSubscriptionsRule,
])

/** All rules of one schema. A walk through a document is synchronous, so they may share where it stands. */
export function searchRulesFor({ introspection }: { readonly introspection: boolean }): readonly ValidationRule[] {
  const walk = new Walk()
  return [
    () => walking(walk),
    ...specifiedRules
      .filter((rule) => !LEFT_OUT.has(rule) && (introspection || rule !== MaxIntrospectionDepthRule))
      .map((rule) => inOtherWords(rule, walk)),
    literals(walk),
    fieldIsDefined(introspection),
    argumentsAreGiven,
  ]
}

/** A text that is no GraphQL: graphql-java names the token it stumbled over. */
export function syntaxError(error: GraphQLError): GraphQLError {
  const { line, column } = error.locations?.[0] ?? { line: 1, column: 1 }
  const token =
    /(?:Unexpected|found) (?:Name |String |Int |Float |character: )?"?([^".]*)"?\.?/.exec(error.message)?.[1] ?? ''
  return new GraphQLError(`Invalid syntax with offending token '${token}' at line ${line} column ${column}`, {
    ...(error.source === undefined ? {} : { source: error.source }),
    ...(error.positions === undefined ? {} : { positions: error.positions }),
    extensions: { classification: 'InvalidSyntax' },
  })
}

/** A variable that does not fit its declared type, or a mandatory one that is missing. */
export function variableError(error: GraphQLError): GraphQLError {
  const name = /Variable "\$(\w+)/.exec(error.message)?.[1] ?? ''
  const type = /type "?([\w![\]]+)"?/.exec(error.message)?.[1] ?? ''
  const isMissing = /non-null|was not provided|required/.test(error.message) && !/ at "/.test(error.message)
  const text = isMissing
    ? `Variable '${name}' has coerced Null value for NonNull type '${type}'`
    : `Variable '${name}' has an invalid value: ${error.message.replace(/^Variable "\$\w+" has invalid value:? ?/, '')}`
  return new GraphQLError(text, {
    ...(error.nodes === undefined ? {} : { nodes: error.nodes }),
    extensions: { classification: 'ValidationError' },
  })
}

/** Introspection is off, as seen on a production sandbox in July 2026 (webex-cc-api §3.1). */
export const searchRules = searchRulesFor({ introspection: false })
