/** Validation errors in the words of graphql-java, whose messages the service is known to send (FieldUndefined, "Missing field argument"). */
import {
  FieldsOnCorrectTypeRule,
  GraphQLError,
  Kind,
  NoSchemaIntrospectionCustomRule,
  ProvidedRequiredArgumentsRule,
  specifiedRules,
} from 'graphql'
import type { ASTNode, ValidationRule } from 'graphql'

function fieldPath(ancestors: readonly (ASTNode | readonly ASTNode[])[], last: string): string {
  const above = ancestors.flatMap((node) => ('kind' in node && node.kind === Kind.FIELD ? [node.name.value] : []))
  return [...above, last].join('/')
}

function validationError(kind: string, path: string, text: string, node: ASTNode): GraphQLError {
  return new GraphQLError(`Validation error (${kind}@[${path}]) : ${text}`, {
    nodes: node,
    extensions: { classification: 'ValidationError' },
  })
}

const fieldIsDefined: ValidationRule = (context) => ({
  Field(node, _key, _parent, _path, ancestors) {
    const type = context.getParentType()
    if (!type || context.getFieldDef()) return
    const text = `Field '${node.name.value}' in type '${type.name}' is undefined`
    context.reportError(validationError('FieldUndefined', fieldPath(ancestors, node.name.value), text, node))
  },
})

const argumentsAreGiven: ValidationRule = (context) => ({
  Field: {
    leave(node, _key, _parent, _path, ancestors) {
      const given = new Set(node.arguments?.map((argument) => argument.name.value))
      for (const argument of context.getFieldDef()?.args ?? []) {
        if (given.has(argument.name) || argument.type.toString().at(-1) !== '!') continue
        const path = fieldPath(ancestors, node.name.value)
        context.reportError(
          validationError('MissingFieldArgument', path, `Missing field argument '${argument.name}'`, node),
        )
      }
    },
  },
})

const REPLACED = new Set<ValidationRule>([FieldsOnCorrectTypeRule, ProvidedRequiredArgumentsRule])

/** Introspection is off, as seen on a production sandbox in July 2026. */
export const searchRules: readonly ValidationRule[] = [
  ...specifiedRules.filter((rule) => !REPLACED.has(rule)),
  fieldIsDefined,
  argumentsAreGiven,
  NoSchemaIntrospectionCustomRule,
]
