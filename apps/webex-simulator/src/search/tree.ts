import type { Field } from './field-table.ts'

/** Dotted paths as the nesting they describe. A node is a leaf (`field`) or has children. */
export interface Tree {
  readonly field: Field | undefined
  readonly children: ReadonlyMap<string, Tree>
}

interface Branch extends Tree {
  readonly children: Map<string, Branch>
}

export function toTree(fields: Iterable<Field>): Tree {
  const top: Branch = { field: undefined, children: new Map() }
  for (const field of fields) {
    const keys = field.path.split('.')
    let node = top
    for (const [position, key] of keys.entries()) {
      let next = node.children.get(key)
      if (next === undefined) {
        next = { field: position === keys.length - 1 ? field : undefined, children: new Map() }
        node.children.set(key, next)
      }
      node = next
    }
  }
  return top
}
