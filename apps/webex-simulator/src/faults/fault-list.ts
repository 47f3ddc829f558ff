import { draw } from './draw.ts'
import type { FaultKind, FaultOf, FaultRequest } from './fault.ts'

/** What a fault may be matched by. `text` is the request's body, if it has one; org and client are those of its token. */
export interface FaultSubject {
  readonly path: string
  readonly text: string
  readonly org?: string | undefined
  readonly client?: string | undefined
}

/** One answer that a fault changed, so that a test can compare. */
export interface ServedFault {
  /** Epoch ms of the simulated clock. */
  readonly atMs: number
  readonly path: string
  /** Ids of the rows it concerned, for faults on rows. */
  rows?: readonly string[]
}

/** A fault that hits the present request. */
export interface TakenFault<K extends FaultKind> {
  readonly fault: FaultOf<K>
  readonly seed: number
  /** 1 for the first request it hit. */
  readonly hit: number
  readonly served: ServedFault
}

export type ListedFault = FaultRequest & {
  /** Counts from 1 and is never used twice. */
  readonly id: number
  readonly hits: number
  readonly served: readonly ServedFault[]
}

export interface FaultList {
  add(requests: readonly FaultRequest[]): void
  clear(): void
  /** False when there is none of that id. */
  remove(id: number): boolean
  list(): readonly ListedFault[]
  /** The first fault of one of these kinds that hits the request; taking it uses one of its times up. */
  take<K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]): FaultOf<K> | undefined
  /** The one that `take` would find, without using it up: for what acts twice on one request. */
  peek<K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]): FaultOf<K> | undefined
  /** The same, with how it was met. */
  takeHit<K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]): TakenFault<K> | undefined
}

interface Entry {
  readonly id: number
  readonly request: FaultRequest
  /** Requests that matched, whether hit or not. */
  matched: number
  hits: number
  served: ServedFault[]
}

/** The latest that are remembered of each fault. */
const KEPT = 200

function matches({ match }: FaultRequest, subject: FaultSubject, nowMs: number): boolean {
  const { path, org, client } = subject
  if (match.path !== undefined && !path.startsWith(match.path)) return false
  if (match.root !== undefined && !new RegExp(`\\b${match.root}\\b`).test(subject.text)) return false
  if (match.org !== undefined && match.org !== org) return false
  if (match.client !== undefined && match.client !== client) return false
  if (nowMs < (match.fromMs ?? nowMs) || nowMs >= (match.toMs ?? Number.POSITIVE_INFINITY)) return false
  return match.taskId === undefined || path.includes(match.taskId) || subject.text.includes(match.taskId)
}

function isOneOf<K extends FaultKind>(fault: FaultRequest['fault'], kinds: readonly K[]): fault is FaultOf<K> {
  return kinds.some((kind) => kind === fault.kind)
}

/** Faults to inject, in the order they were given. Each request meets a fault of each kind at most once. @param nowMs the simulated clock */
export function createFaultList(nowMs: () => number = () => 0): FaultList {
  let entries: Entry[] = []
  let lastId = 0
  const isHit = ({ request: { skip, every, seed, probability } }: Entry, nth: number) =>
    nth > skip && (nth - skip - 1) % every === 0 && draw(seed, 'hit', nth) < probability
  const candidates = function* <K extends FaultKind>(subject: FaultSubject, kinds: readonly K[], atMs: number) {
    for (const entry of entries) {
      const { fault, times = Number.POSITIVE_INFINITY } = entry.request
      if (!isOneOf(fault, kinds) || entry.hits >= times || !matches(entry.request, subject, atMs)) continue
      yield { entry, fault }
    }
  }
  const takeHit = <K extends FaultKind>(subject: FaultSubject, kinds: readonly K[]): TakenFault<K> | undefined => {
    const atMs = nowMs()
    for (const { entry, fault } of candidates(subject, kinds, atMs)) {
      entry.matched++
      if (!isHit(entry, entry.matched)) continue
      entry.hits++
      const served: ServedFault = { atMs, path: subject.path.split('?')[0] ?? '' }
      entry.served = [...entry.served.slice(1 - KEPT), served]
      return { fault, seed: entry.request.seed, hit: entry.hits, served }
    }
    return undefined
  }
  return {
    add(requests) {
      entries.push(...requests.map((request) => ({ id: ++lastId, request, matched: 0, hits: 0, served: [] })))
    },
    clear() {
      entries = []
    },
    remove(id) {
      const left = entries.filter((entry) => entry.id !== id)
      const isFound = left.length < entries.length
      entries = left
      return isFound
    },
    list: () => entries.map(({ id, request, hits, served }) => ({ id, ...request, hits, served })),
    peek(subject, kinds) {
      for (const { entry, fault } of candidates(subject, kinds, nowMs()))
        if (isHit(entry, entry.matched + 1)) return fault
      return undefined
    },
    take: (subject, kinds) => takeHit(subject, kinds)?.fault,
    takeHit,
  }
}
