import { print, visit } from 'graphql'
import type { DocumentNode } from 'graphql'

const NARROWING: ReadonlySet<string> = new Set(['filter', 'extFilter', 'pagination'])

/**
 * The query with its filters and cursors left out: they name ids of somebody else's organization, and what an answer looks like does not depend
 * on them. Variables that nothing uses any more go too.
 */
export function withoutFilters(document: DocumentNode): string {
  const bare = visit(document, {
    Argument: (node) => (NARROWING.has(node.name.value) || node.name.value === 'after' ? null : undefined),
    ObjectField: (node) => (NARROWING.has(node.name.value) ? null : undefined),
  })
  const used = new Set<string>()
  visit(bare, {
    VariableDefinition: () => false,
    Variable: (node) => void used.add(node.name.value),
  })
  return print(
    visit(bare, {
      VariableDefinition: (node) => (used.has(node.variable.name.value) ? undefined : null),
    }),
  )
}
