import { createHash } from 'node:crypto'

/** Namespace of every id this pipeline derives. Frozen: changing it changes every primary key in every customer's database. */
const NAMESPACE = Buffer.from('8f0a5f2c6d2b4a0e9c3e41d7b6a5c210', 'hex')

/** Kinds of dimension. An agent's kind names its type, since a flow and a person may share an id (`unique (…, agent_type, …)`). */
export type DimensionKind =
  | 'agent'
  | 'agent_menu'
  | 'agent_bot'
  | 'agent_external'
  | 'queue'
  | 'team'
  | 'site'
  | 'entry_point'
  | 'outcome'
  | 'agent_status'

/** UUID version 5 (RFC 9562 §5.5) of a name within our namespace. */
export function uuidV5(name: string): string {
  return formatUuid(createHash('sha1').update(NAMESPACE).update(name, 'utf8').digest(), 5)
}

/** Formats the first 16 bytes as a UUID of the given version, RFC variant. */
export function formatUuid(bytes: Uint8Array, version: 5 | 8): string {
  const out = Buffer.from(bytes.subarray(0, 16))
  out[6] = (out[6]! & 0x0f) | (version << 4)
  out[8] = (out[8]! & 0x3f) | 0x80
  const hex = out.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Deterministic id of a row: the source's *key*, not its number, so that it is the same on every machine and after every reload. */
export function rowId(dataSourceKey: string, kind: string, sourceId: string): string {
  return uuidV5(`${dataSourceKey}:${kind}:${sourceId}`)
}

export function dimensionId(dataSourceKey: string, kind: DimensionKind, sourceId: string): string {
  return rowId(dataSourceKey, kind, sourceId)
}

/** Status of an agent: the state, and the idle code where there is one. */
export function agentStatusId(dataSourceKey: string, sourceState: string, idleCodeId: string): string {
  return dimensionId(dataSourceKey, 'agent_status', `${sourceState}/${idleCodeId}`)
}
