/** The little a recorded line must have; everything else is kept as it is. Absent fields are null or missing. */
import { z } from 'zod'
import type { AgentSessionRecord, RecordOf, TaskLegRecord, TaskRecord } from '../world.ts'

/** The guarantee behind the types: the line was JSON, and the schema in front of this has checked what the type adds to that. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names the type that is asserted
function asChecked<T>(line: object): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above; checking every field would be the price of not asserting
  return line as T
}

const epochMs = z.number().int()
const openable = epochMs.nullish().transform((value) => value ?? -1)
const nodes = z.looseObject({ nodes: z.array(z.looseObject({ id: z.string() })).default([]) })
const activities = nodes.nullish().transform((value) => value ?? { nodes: [] })

export const taskSchema = z
  .looseObject({
    id: z.string().min(1),
    createdTime: epochMs,
    endedTime: openable,
    lastActivityTime: epochMs.nullish(),
    isActive: z.boolean().nullish(),
    activities,
  })
  .transform((task) => {
    const lastActivityTime = task.lastActivityTime ?? Math.max(task.createdTime, task.endedTime)
    return asChecked<TaskRecord>({ ...task, lastActivityTime, isActive: task.isActive ?? task.endedTime === -1 })
  })

export const sessionSchema = z
  .looseObject({
    agentSessionId: z.string().min(1),
    startTime: epochMs,
    endTime: openable,
    isActive: z.boolean().nullish(),
    channelInfo: z.array(z.looseObject({ channelId: z.string(), activities })).default([]),
  })
  .transform((session) =>
    asChecked<AgentSessionRecord>({ ...session, isActive: session.isActive ?? session.endTime === -1 }),
  )

export const legSchema = z
  .looseObject({ id: z.string().min(1), taskId: z.string().min(1), createdTime: epochMs })
  .transform((leg) => asChecked<TaskLegRecord>(leg))

export interface CaptureFileLine extends RecordOf {
  readonly filePath: string
}

/** One item of the Captures answer, `filePath` naming a file of the dataset. */
export interface CaptureLine {
  readonly taskId: string
  readonly recording: readonly (RecordOf & { readonly attributes: CaptureFileLine })[]
  readonly transcription: readonly CaptureFileLine[]
}

const file = z.looseObject({ filePath: z.string().min(1), fileName: z.string().nullish() })

export const captureSchema = z
  .looseObject({
    taskId: z.string().min(1),
    recording: z.array(z.looseObject({ attributes: file })).default([]),
    transcription: z.array(file).default([]),
  })
  .transform((line) => asChecked<CaptureLine>(line))

export const configurationSchema = z
  .record(z.string(), z.array(z.looseObject({ id: z.string() })))
  .transform((lists) => asChecked<Readonly<Record<string, readonly RecordOf[]>>>(lists))
