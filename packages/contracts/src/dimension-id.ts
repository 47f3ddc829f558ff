import { hash } from 'node:crypto'

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

/** The namespace and room for a name: hashing one buffer is several times as fast as a hash object fed twice. */
const scratch = Buffer.alloc(4_096)
NAMESPACE.copy(scratch)

/** UUID version 5 (RFC 9562 §5.5) of a name within our namespace. */
export function uuidV5(name: string): string {
  return asUuid(hash('sha1', named(name), 'hex'), 5)
}

function named(name: string): Uint8Array {
  // No character takes more than three bytes of UTF-8 per UTF-16 unit.
  if (NAMESPACE.length + 3 * name.length > scratch.length) return Buffer.concat([NAMESPACE, Buffer.from(name, 'utf8')])
  return scratch.subarray(0, NAMESPACE.length + scratch.write(name, NAMESPACE.length, 'utf8'))
}

/** Formats the first 16 bytes as a UUID of the given version, RFC variant. */
export function formatUuid(bytes: Uint8Array, version: 5 | 8): string {
  return asUuid(Buffer.from(bytes.subarray(0, 16)).toString('hex'), version)
}

const VARIANT = '89ab89ab89ab89ab'

function asUuid(hex: string, version: 5 | 8): string {
  const variant = VARIANT[Number.parseInt(hex[16]!, 16)]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${version}${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
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

/** Own customer of a contact: one per contact unless merged (architecture §4). Contacts and customers belong to no source. */
export function customerIdOf(contactId: string): string {
  return uuidV5(`customer:${contactId}`)
}
