/**
 * Whether literals fit the types of their arguments. graphql-js asks the same, but looks at every member an input type has for each object given:
 * a list of 1,000 ids in a filter of 200 members would cost more than its answer. Words and paths (`filter.or[3].id.equals`) are graphql-java's.
 */
import {
  GraphQLError,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  Kind,
  typeFromAST,
} from 'graphql'
import type {
  ASTVisitor,
  ConstValueNode,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInputType,
  GraphQLScalarType,
  ValidationContext,
  ValueNode,
  VariableDefinitionNode,
} from 'graphql'
import type { Words } from './validation-words.ts'

type Report = (words: Words, node: ValueNode) => void

/** A literal as graphql-java prints its syntax tree. */
function printed(node: ValueNode): string {
  switch (node.kind) {
    case Kind.STRING:
      return `StringValue{value='${node.value}'}`
    case Kind.ENUM:
      return `EnumValue{name='${node.value}'}`
    case Kind.INT:
    case Kind.FLOAT:
    case Kind.BOOLEAN:
      return `${node.kind}{value=${node.value}}`
    case Kind.OBJECT:
      return `ObjectValue{objectFields=[${node.fields.map(({ name, value }) => `ObjectField{name='${name.value}', value=${printed(value)}}`).join(', ')}]}`
    case Kind.LIST:
      return `ArrayValue{values=[${node.values.map(printed).join(', ')}]}`
    case Kind.VARIABLE:
      return `VariableReference{name='${node.name.value}'}`
    case Kind.NULL:
      return 'NullValue{}'
    default:
      return node satisfies never
  }
}

const subject = (path: string, node: ValueNode) => `argument '${path}' with value '${printed(node)}'`

function checkLiteral(node: ValueNode, type: GraphQLInputType, path: string, report: Report): void {
  if (node.kind === Kind.VARIABLE) return
  if (isNonNullType(type)) {
    if (node.kind !== Kind.NULL) return checkLiteral(node, type.ofType, path, report)
    return report(['NullValueForNonNullArgument', `Null value for non-null field argument '${path}'`], node)
  }
  if (node.kind === Kind.NULL) return
  if (isListType(type)) {
    if (node.kind !== Kind.LIST) return checkLiteral(node, type.ofType, path, report)
    for (const [position, item] of node.values.entries())
      checkLiteral(item, type.ofType, `${path}[${position}]`, report)
    return
  }
  if (isInputObjectType(type)) return checkObject(node, type, path, report)
  checkLeaf(node, type, path, report)
}

const requiredFields = new WeakMap<GraphQLInputObjectType, readonly string[]>()

function requiredOf(type: GraphQLInputObjectType): readonly string[] {
  let names = requiredFields.get(type)
  if (names === undefined) {
    names = Object.values(type.getFields()).flatMap((field) => (isRequiredInputField(field) ? [field.name] : []))
    requiredFields.set(type, names)
  }
  return names
}

function checkObject(node: ValueNode, type: GraphQLInputObjectType, path: string, report: Report): void {
  if (node.kind !== Kind.OBJECT) return report(['WrongType', `${subject(path, node)} must be an object type`], node)
  const fields = type.getFields()
  for (const { name, value } of node.fields) {
    const field = fields[name.value]
    if (field === undefined) {
      report(['WrongType', `${subject(path, node)} contains a field not in '${type.name}': '${name.value}'`], value)
    } else checkLiteral(value, field.type, `${path}.${name.value}`, report)
  }
  const missing = requiredOf(type).filter((required) => !node.fields.some(({ name }) => name.value === required))
  if (missing.length > 0) {
    report(['WrongType', `${subject(path, node)} is missing required fields '[${missing.join(', ')}]'`], node)
  }
}

/** Literals graphql-java wants for a scalar. */
const LITERALS: Readonly<Record<string, string>> = {
  Long: 'IntValue',
  Int: 'IntValue',
  Float: 'FloatValue',
  Boolean: 'BooleanValue',
}

function checkLeaf(
  node: Exclude<ValueNode, { kind: typeof Kind.VARIABLE }>,
  type: GraphQLEnumType | GraphQLScalarType,
  path: string,
  report: Report,
): void {
  if (accepts(type, node)) return
  const why = isEnumType(type)
    ? node.kind === Kind.ENUM
      ? `Literal value not in allowable values for enum '${type.name}' - '${printed(node)}'`
      : `Expected an AST type of 'EnumValue' but it was a '${node.kind}'`
    : `Expected an AST type of '${LITERALS[type.name] ?? 'StringValue'}' but it was a '${node.kind}'`
  report(['WrongType', `${subject(path, node)} is not a valid '${type.name}' - ${why}`], node)
}

function accepts(type: GraphQLEnumType | GraphQLScalarType, node: ValueNode): boolean {
  try {
    // A list or object that holds variables is only for JSON scalars, which take anything.
    const literal = node as ConstValueNode
    return (type.coerceInputLiteral?.(literal) ?? type.parseLiteral(literal, undefined)) !== undefined
  } catch (error) {
    if (error instanceof GraphQLError) return false
    throw error
  }
}

/** Visitor of {@link checkLiteral} over all arguments of fields and directives, and defaults of variables. */
export function literalsFit(context: ValidationContext, report: Report): ASTVisitor {
  return {
    Argument(node: { readonly name: { readonly value: string }; readonly value: ValueNode }) {
      const argument = context.getArgument()
      if (argument) checkLiteral(node.value, argument.type, node.name.value, report)
    },
    VariableDefinition({ variable, type: typeNode, defaultValue }: VariableDefinitionNode) {
      const type = typeFromAST(context.getSchema(), typeNode)
      if (defaultValue && type && isInputType(type)) checkLiteral(defaultValue, type, variable.name.value, report)
    },
  }
}
