import { CONFIGURATION_ENTITIES } from '../world.ts'
import type { ConfigurationEntity, RecordOf } from '../world.ts'

/** Something an administrator did to one item, from a moment on. */
export interface ConfigurationChange {
  readonly entity: ConfigurationEntity
  readonly id: string
  readonly action: 'rename' | 'deactivate' | 'delete'
  /** New name, for `rename`; users get it as first and last name. */
  readonly name?: string | undefined
}

export interface DatedChange extends ConfigurationChange {
  /** Epoch ms. */
  readonly atMs: number
}

/** What changed in an organization's configuration since its world was made. Deleted items vanish, as at the vendor (webex-cc-api §6.1). */
export interface ConfigurationChanges {
  record(orgId: string, change: DatedChange): void
  list(orgId: string): readonly DatedChange[]
  /** The items as an administrator sees them at `nowMs`. */
  apply(orgId: string, entity: ConfigurationEntity, items: readonly RecordOf[], nowMs: number): readonly RecordOf[]
}

const ENTITIES: ReadonlySet<string> = new Set(CONFIGURATION_ENTITIES)

export function isEntity(name: string): name is ConfigurationEntity {
  return ENTITIES.has(name)
}

export function createConfigurationChanges(): ConfigurationChanges {
  const changes = new Map<string, DatedChange[]>()
  const listOf = (orgId: string) => changes.get(orgId) ?? []
  return {
    record(orgId, change) {
      changes.set(
        orgId,
        [...listOf(orgId), change].toSorted((a, b) => a.atMs - b.atMs),
      )
    },
    list: listOf,
    apply(orgId, entity, items, nowMs) {
      const known = listOf(orgId).filter((change) => change.entity === entity && change.atMs <= nowMs)
      if (known.length === 0) return items
      return items.flatMap((item) => {
        const own = known.filter((change) => change.id === item['id'])
        if (own.some((change) => change.action === 'delete')) return []
        return [own.reduce(changed, item)]
      })
    },
  }
}

function changed(item: RecordOf, { action, name = '', atMs }: DatedChange): RecordOf {
  const version = typeof item['version'] === 'number' ? item['version'] + 1 : 1
  const after = { ...item, version, lastUpdatedTime: atMs }
  if (action === 'deactivate') return { ...after, active: false }
  if (!('firstName' in item)) return { ...after, name }
  const [firstName = '', ...rest] = name.split(' ')
  return { ...after, firstName, lastName: rest.join(' ') }
}
