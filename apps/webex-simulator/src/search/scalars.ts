import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped } from 'graphql'

function toLong(value: unknown): number {
  const number = typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw new GraphQLError('Expected a value of type Long: a whole number, or one written as text.')
}

/** 64-bit whole number; callers send JSON numbers or decimal text, and so do literals. */
export const Long = new GraphQLScalarType<number, unknown>({
  name: 'Long',
  coerceInputValue: toLong,
  coerceInputLiteral: (node) =>
    node.kind === Kind.INT || node.kind === Kind.STRING ? toLong(node.value) : toLong(undefined),
  // The dictionary types some columns Long where answers carry text (destinationAgentPhoneNumber).
  coerceOutputValue: (value) => value,
})

export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  coerceInputValue: (value) => value,
  coerceInputLiteral: (node) => valueFromASTUntyped(node),
  coerceOutputValue: (value) => value,
})

/**
 * In filters the vendor's agent state is an enum (`{ equals: idle }`), but its values (`on-hold`) are no GraphQL names. A scalar takes the bare
 * word, and text where the word cannot be written.
 */
export const AgentState = new GraphQLScalarType<string, unknown>({
  name: 'AgentState',
  coerceInputValue: (value) => String(value),
  coerceInputLiteral: (node) => {
    if (node.kind === Kind.ENUM || node.kind === Kind.STRING) return node.value
    throw new GraphQLError('Expected an agent state.')
  },
  coerceOutputValue: (value) => value,
})

/** A field's dotted path; the deprecated `aggregation: { aggr: [{ field: id … }] }` takes it as a bare word too. */
export const FieldName = new GraphQLScalarType<string, unknown>({
  name: 'FieldName',
  coerceInputValue: (value) => String(value),
  coerceInputLiteral: (node) => {
    if (node.kind === Kind.ENUM || node.kind === Kind.STRING) return node.value
    throw new GraphQLError('Expected the name of a field.')
  },
  coerceOutputValue: (value) => value,
})
