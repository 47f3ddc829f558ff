/**
 * Which kind of validation error graphql-java would report where graphql-js reports one of its own, and in which words. The service answers with
 * graphql-java's (webex-cc-api §3.12: FieldUndefined and "Missing field argument" were seen); of the rest only the library's form is known.
 */
import {
  KnownArgumentNamesRule,
  KnownDirectivesRule,
  KnownFragmentNamesRule,
  KnownTypeNamesRule,
  LoneAnonymousOperationRule,
  NoUndefinedVariablesRule,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  OverlappingFieldsCanBeMergedRule,
  ScalarLeafsRule,
  UniqueArgumentNamesRule,
  UniqueOperationNamesRule,
  UniqueVariableNamesRule,
  VariablesInAllowedPositionRule,
} from 'graphql'
import type { ValidationRule } from 'graphql'

export type Words = readonly [kind: string, text: string]

/** Names quoted in a message of graphql-js, in their order. */
function namesIn(message: string): readonly [string, string, string] {
  const [first = '', second = '', third = ''] = [...message.matchAll(/"([^"]*)"/g)].map(([, name = '']) =>
    name.replace(/^[$@]/, ''),
  )
  return [first, second, third]
}

/** Rules of graphql-js whose reports are put into other words. */
export const WORDS_OF: ReadonlyMap<ValidationRule, (message: string) => Words> = new Map<
  ValidationRule,
  (message: string) => Words
>([
  [
    KnownArgumentNamesRule,
    (message) => [
      'UnknownArgument',
      `Unknown ${message.includes('on directive') ? 'directive' : 'field'} argument '${namesIn(message)[0]}'`,
    ],
  ],
  [KnownDirectivesRule, (message) => ['UnknownDirective', `Unknown directive '${namesIn(message)[0]}'`]],
  [KnownFragmentNamesRule, (message) => ['UndefinedFragment', `Undefined fragment '${namesIn(message)[0]}'`]],
  [KnownTypeNamesRule, (message) => ['UnknownType', `Unknown type '${namesIn(message)[0]}'`]],
  [LoneAnonymousOperationRule, () => ['LoneAnonymousOperationViolation', 'Anonymous operation with other operations']],
  [NoUndefinedVariablesRule, (message) => ['UndefinedVariable', `Undefined variable '${namesIn(message)[0]}'`]],
  [NoUnusedFragmentsRule, (message) => ['UnusedFragment', `Unused fragment '${namesIn(message)[0]}'`]],
  [NoUnusedVariablesRule, (message) => ['UnusedVariable', `Unused variable '${namesIn(message)[0]}'`]],
  [
    OverlappingFieldsCanBeMergedRule,
    (message) => {
      const [key, one, other] = namesIn(message)
      return [
        'FieldsConflict',
        `'${key}' : ${one === '' ? 'they have differing arguments' : `'${one}' and '${other}' are different fields`}`,
      ]
    },
  ],
  [
    ScalarLeafsRule,
    (message) => {
      const [field, type] = namesIn(message)
      return message.includes('must not have')
        ? ['SubselectionNotAllowed', `Subselection not allowed on leaf type '${type}' of field '${field}'`]
        : ['SubselectionRequired', `Subselection required for type '${type}' of field '${field}'`]
    },
  ],
  [
    UniqueArgumentNamesRule,
    (message) => ['DuplicateArgumentNames', `There can be only one argument named '${namesIn(message)[0]}'`],
  ],
  [
    UniqueOperationNamesRule,
    (message) => ['DuplicateOperationName', `There can be only one operation named '${namesIn(message)[0]}'`],
  ],
  [
    UniqueVariableNamesRule,
    (message) => ['DuplicateVariableName', `There can be only one variable named '${namesIn(message)[0]}'`],
  ],
  [
    VariablesInAllowedPositionRule,
    (message) => {
      const [, type, expected] = namesIn(message)
      return ['VariableTypeMismatch', `Variable type '${type}' does not match expected type '${expected}'`]
    },
  ],
])
