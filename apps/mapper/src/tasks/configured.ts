import { readAgentAddresses, readQueueThresholds } from '@wxcc/db/journey/configured'
import type { DB } from '@wxcc/db/schema'
import type { Transaction } from 'kysely'
import type { MapperJob } from '../mapper-job.ts'
import { isOutdial } from '../rules/channel.ts'
import { type CsrRecord, knownText } from '../rules/records.ts'
import type { SegmentInput } from '../rules/segment-task.ts'
import { addressOf } from './contact-of.ts'

/** What the source's configuration decides about its tasks. */
export interface Configured {
  readonly slaMsByQueue: NonNullable<SegmentInput['slaMsByQueue']>
  /** Whether one of our agents began the task (mapping ruling 35). What we dialled began with us by nature, and is not meant. */
  readonly isOriginAgent: (csr: CsrRecord) => boolean
}

const ofJob = new WeakMap<MapperJob, Promise<Configured>>()

/**
 * Read once for a whole job: a few hundred queues and a few thousand addresses. The planner has the first configuration read before the first
 * task; what is configured later holds for tasks that are mapped later, or again.
 */
export function readConfigured(tx: Transaction<DB>, job: MapperJob): Promise<Configured> {
  const held = ofJob.get(job)
  if (held !== undefined) return held
  const reading = read(tx, job)
  ofJob.set(job, reading)
  reading.catch(() => ofJob.delete(job))
  return reading
}

async function read(tx: Transaction<DB>, { source }: MapperJob): Promise<Configured> {
  const slaMsByQueue = await readQueueThresholds(tx, source.dataSourceId)
  const addresses = await readAgentAddresses(tx, source.dataSourceId)
  const ids = new Set(addresses.filter(({ kind }) => kind === 'id').map(({ address }) => address.toLowerCase()))
  const reached = new Set(
    addresses.filter(({ kind }) => kind !== 'id').flatMap(({ address }) => keyOf(address, source) ?? []),
  )
  return {
    slaMsByQueue,
    isOriginAgent: (csr) => {
      const origin = knownText(csr.origin)
      if (origin === null || isOutdial(csr)) return false
      if (ids.has(origin.toLowerCase())) return true
      const key = reached.size === 0 ? null : keyOf(origin, source)
      return key !== null && reached.has(key)
    },
  }
}

/** Nobody who hides a number is an agent. */
function keyOf(address: string, source: MapperJob['source']): string | null {
  const contact = addressOf(address, { isSocial: false, source })
  return contact === null || contact.contact_kind === 'anonymous'
    ? null
    : `${contact.contact_kind}:${contact.normalized_value}`
}
