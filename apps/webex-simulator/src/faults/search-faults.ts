import type { FastifyRequest } from 'fastify'
import { isRecord, textOf } from '../json.ts'
import type { SeenSource } from '../seen-world.ts'
import type { Json, RecordOf, SeenRecord } from '../world.ts'
import { draw } from './draw.ts'
import type { FaultKind, FaultOf } from './fault.ts'
import type { FaultList, TakenFault } from './fault-list.ts'
import { faultSubject } from './fault-subject.ts'
import { rewriteSource } from './rewrite-source.ts'

/** What Search does to the rows of a raw page: before records are made, and to each record. */
export interface RowFaults {
  readonly distort?: (rows: readonly SeenRecord[]) => readonly SeenRecord[]
  readonly distortRecord?: (record: RecordOf) => RecordOf
}

const ROW_KINDS = ['deleteRows', 'lateRows', 'dropRows', 'doubleRows', 'shuffleRows'] as const
const RECORD_KINDS = ['changeRows', 'unknownEnum'] as const

type RowKind = (typeof ROW_KINDS)[number]
type RecordKind = (typeof RECORD_KINDS)[number]

/** What a Search request meets: the moment and the copy it is answered from, and faults on its rows. */
export interface SearchFaults extends RowFaults {
  /** What the service takes for now, epoch ms. */
  readonly nowMs: number
  /** How much older than now the answer is, in ms. */
  readonly staleMs: Readonly<Record<'raw' | 'aggregation', number>>
  /** The records as lists and counts show them. */
  readonly rewrite: (source: SeenSource) => SeenSource
}

/** Faults that hit this Search request. To be called once: each uses one of its times up, whether the answer has rows or not. @param nowMs the simulated clock */
export function searchFaults(faults: FaultList, request: FastifyRequest, nowMs: number): SearchFaults {
  const subject = faultSubject(request)
  const taken = <K extends FaultKind>(kinds: readonly K[]) =>
    kinds.flatMap((kind) => faults.takeHit(subject, [kind]) ?? [])
  const onRows = taken<RowKind>(ROW_KINDS)
  const onRecords = taken<RecordKind>(RECORD_KINDS)
  const older = faults.take(subject, ['staleReplica'])?.staleMs ?? 0
  const olderCount = faults.take(subject, ['staleCount'])?.staleMs ?? 0
  const late = faults.take(subject, ['lateRecords'])
  const edited = faults.take(subject, ['editRecords'])
  return {
    // Peeked at, for the answer's `Date` header uses it up (`apply-to-answer.ts`).
    nowMs: nowMs + (faults.peek(subject, ['clockSkew'])?.skewMs ?? 0),
    staleMs: { raw: older, aggregation: Math.max(older, olderCount) },
    rewrite: (source) =>
      late === undefined && edited === undefined ? source : rewriteSource(source, late, edited, nowMs),
    ...(onRows.length === 0
      ? {}
      : { distort: (rows) => onRows.reduce((left, hit) => distorted(left, hit, nowMs), rows) }),
    ...(onRecords.length === 0
      ? {}
      : { distortRecord: (record) => onRecords.reduce((before, hit) => changed(before, hit), record) }),
  }
}

function distorted(
  rows: readonly SeenRecord[],
  { fault, seed, hit, served }: TakenFault<RowKind>,
  nowMs: number,
): readonly SeenRecord[] {
  const among = (shareHit: number, name: string | number) => (row: SeenRecord) =>
    draw(seed, fault.kind, name, row.id) < shareHit
  const note = (found: readonly SeenRecord[]) => {
    served.rows = [...(served.rows ?? []), ...found.map(({ id }) => id)]
    return new Set(found)
  }
  const without = (isGone: (row: SeenRecord) => boolean) => {
    const gone = note(rows.filter(isGone))
    return rows.filter((row) => !gone.has(row))
  }
  switch (fault.kind) {
    case 'deleteRows': {
      const { ids } = fault
      return without(ids === undefined ? among(fault.share, 'always') : ({ id }) => ids.includes(id))
    }
    case 'lateRows': {
      const isHit = among(fault.share, 'always')
      return without((row) => isHit(row) && row.time + fault.lateMs > nowMs)
    }
    case 'dropRows':
      return without(among(fault.share, hit))
    case 'doubleRows': {
      const twice = note(rows.filter(among(fault.share, hit)))
      return rows.flatMap((row) => (twice.has(row) ? [row, row] : [row]))
    }
    case 'shuffleRows':
      note(rows)
      return rows.toSorted((a, b) => draw(seed, hit, a.id) - draw(seed, hit, b.id))
    default:
      return fault satisfies never
  }
}

/** Records carry their id as `id` or `agentSessionId`. */
const idOf = (record: RecordOf) => textOf(record['id'] ?? record['agentSessionId'])

function changed(record: RecordOf, { fault, seed, served }: TakenFault<RecordKind>): RecordOf {
  const id = idOf(record)
  if (draw(seed, fault.kind, 'always', id) >= fault.share) return record
  served.rows = [...(served.rows ?? []), id]
  const changes = changesOf(fault)
  return Object.entries(changes).reduce((before, [path, value]) => withValue(before, path.split('.'), value), record)
}

function changesOf(fault: FaultOf<RecordKind>): { readonly [path: string]: Json } {
  return fault.kind === 'changeRows' ? fault.set : { [fault.field]: fault.value }
}

/** A copy with another value at a path that leads through objects and every element of lists; what is not there is not made. */
function withValue(record: RecordOf, [name = '', ...rest]: readonly string[], value: Json): RecordOf {
  if (rest.length === 0) return { ...record, [name]: value }
  const inner = record[name]
  if (Array.isArray(inner))
    return { ...record, [name]: inner.map((one: Json) => (isRecord(one) ? withValue(one, rest, value) : one)) }
  return isRecord(inner) ? { ...record, [name]: withValue(inner, rest, value) } : record
}
