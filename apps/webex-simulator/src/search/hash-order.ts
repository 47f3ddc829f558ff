/** Java's `String.hashCode`, its high half mixed in as `HashMap` does. */
function spreadHash(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash ^ (hash >>> 16)
}

/**
 * The order in which a Java `HashMap` made for so many names gives them back. All public answers list the figures of a group in this order, whatever
 * was asked (webex-cc-api §3.7, published answers); names that share a slot stay in the order they came.
 */
export function inHashOrder<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(1, Math.ceil(items.length / 0.75))))
  const slotOf = ({ name }: T) => spreadHash(name) & (slots - 1)
  return items.toSorted((a, b) => slotOf(a) - slotOf(b))
}
