import { createHash } from 'node:crypto'

/** Namespace of every deterministic id of this project. Fixed for ever: ids in customers' databases and reports hang on it. */
const NAMESPACE = Buffer.from('6f1d0a3e5c1b4b7e9a57c2d84e0b91f6', 'hex')

export type DimensionKind = 'agent' | 'queue' | 'team' | 'site' | 'entry_point' | 'outcome' | 'agent_status'

/** UUID version 5 (RFC 9562) of these parts in this project's namespace. Parts are joined with a unit separator, which no id contains. */
export function deterministicId(...parts: readonly string[]): string {
  const hash = createHash('sha1').update(NAMESPACE).update(parts.join('\u001f')).digest().subarray(0, 16)
  hash[6] = (hash[6]! & 0x0f) | 0x50
  hash[8] = (hash[8]! & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** The same id on every machine and after every reload: source key (not its number, which differs between installs), kind, and the vendor's id. */
export function dimensionId(dataSourceKey: string, kind: DimensionKind, sourceId: string): string {
  return deterministicId(dataSourceKey, kind, sourceId)
}
