import { z } from 'zod'
import type { CarRecord, CsrRecord } from '../records.ts'

/** A record as Search delivers it: the members that the rules cannot do without, and whatever else it has. */
const record = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject(shape)

const car = record({ id: z.string(), eventName: z.string(), createdTime: z.number() })
const aar = record({ state: z.string(), startTime: z.number() })
const activities = record({ totalCount: z.number().nullish(), nodes: z.array(z.unknown()).default([]) })

const vectorInput = z.strictObject({
  /** Settings of the source; what is left out has the default of `etl.data_source`. */
  source: z
    .strictObject({
      dataSourceKey: z.string().default('vectors'),
      ronaTimeoutMs: z.number().default(18_000),
      serviceLevelMs: z.number().default(20_000),
      shortAbandonMs: z.number().default(5_000),
    })
    .prefault({}),
  csr: record({ id: z.string(), createdTime: z.number(), activities: activities.nullish() }),
  /** Customer activity records, in any order; else the CSR's own `activities.nodes`. */
  cars: z.array(z.unknown()).optional(),
  /** Agent sessions with their `channelInfo[].activities.nodes`, as Search delivers them. */
  agentSessions: z
    .array(
      record({
        agentId: z.string(),
        startTime: z.number(),
        endTime: z.number().nullish(),
        channelInfo: z.array(record({ activities: activities.nullish() })).nullish(),
      }),
    )
    .default([]),
  /** Agent activity records without their session, each with the `agentId` that the session would tell. */
  aars: z.array(aar.extend({ agentId: z.string(), taskId: z.string().nullish() })).default([]),
  /** Thresholds in ms by the vendor's queue id. */
  slaMsByQueue: z.record(z.string(), z.number()).default({}),
  /** What the task's legs promised: a leg's queue, start (epoch ms) and threshold in ms. */
  legs: z.array(z.strictObject({ queueId: z.string(), startMs: z.number(), slaMs: z.number() })).default([]),
  isOriginAgent: z.boolean().default(false),
})

const facts = z.record(z.string(), z.unknown())

const vectorOutput = z.strictObject({
  conversation: facts.default({}),
  /** All rows of the task, in order of `sequence_no`; of each, the facts that the vector decides. */
  engagements: z.array(facts),
  /** Names of events that the rules do not know. */
  unknown_events: z.array(z.string()).default([]),
})

export interface NamedAar {
  readonly agentId: string
  readonly state: string
  readonly startTime: number
  readonly endTime: number | null
  readonly taskId: string | null
}

/** `<name>.in.json`: one task as the vendor tells it, and what we know besides. */
export interface VectorInput extends Omit<z.infer<typeof vectorInput>, 'csr' | 'cars' | 'aars' | 'agentSessions'> {
  readonly csr: CsrRecord
  readonly cars: readonly CarRecord[]
  /** As many records as the vendor counts are here, and all can be read. */
  readonly carsComplete: boolean
  readonly sessions: readonly { readonly agentId: string; readonly fromMs: number; readonly toMs: number | null }[]
  readonly aars: readonly NamedAar[]
}

/** `<name>.out.json`: what the rows must say; facts that are not named are not asked. */
export type VectorOutput = z.infer<typeof vectorOutput>

/** @throws {z.ZodError} if the text is no vector. */
export function readVectorInput(value: unknown): VectorInput {
  const { csr, cars, agentSessions, aars, ...rest } = vectorInput.parse(value)
  const delivered = cars ?? csr.activities?.nodes ?? []
  const readable = delivered.flatMap((each) => {
    const parsed = car.safeParse(each)
    return parsed.success ? [parsed.data] : []
  })
  const held = new Set(readable.map(({ id }) => id)).size
  const counted = csr.activities?.totalCount ?? held
  const ofSessions = agentSessions.flatMap(({ agentId, channelInfo }) =>
    (channelInfo ?? [])
      .flatMap((channel) => channel.activities?.nodes ?? [])
      .map((node): NamedAar => namedAar(agentId, aar.parse(node))),
  )
  return {
    ...rest,
    csr,
    cars: readable,
    carsComplete: readable.length === delivered.length && held >= counted,
    sessions: agentSessions.map(({ agentId, startTime, endTime }) => ({
      agentId,
      fromMs: startTime,
      toMs: endTime == null || endTime < 0 ? null : endTime,
    })),
    aars: [...ofSessions, ...aars.map(({ agentId, ...own }) => namedAar(agentId, own))],
  }
}

/** @throws {z.ZodError} if the text is no vector. */
export function readVectorOutput(value: unknown): VectorOutput {
  return vectorOutput.parse(value)
}

function namedAar(agentId: string, own: z.infer<typeof aar>): NamedAar {
  const { endTime, taskId } = own
  return {
    agentId,
    state: own.state,
    startTime: own.startTime,
    endTime: typeof endTime === 'number' && endTime >= 0 ? endTime : null,
    taskId: typeof taskId === 'string' ? taskId : null,
  }
}
