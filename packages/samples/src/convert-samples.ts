import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { uuidV5 } from '@wxcc/contracts/dimension-id'
import { z } from 'zod'
import { layoutSteps } from './layout-steps.ts'

/** Public answers of the real API, by the names they are published under. */
const TASKS_FILE = 'task-raw--simple-query-for-carfields.response.json'
const SESSIONS_FILES = /^agent-raw--.*\.response\.json$/

/** The span of the sample's query. Its answer carries no times, so its contacts are laid out from the first morning on. */
const SPAN = { fromMs: Date.parse('2023-09-01T00:00:00Z'), toMs: Date.parse('2023-09-07T00:00:00Z') }
const FIRST_CONTACT_MS = Date.parse('2023-09-01T08:00:00Z')
/** Far enough apart that no two contacts of the sample share an agent at the same moment. */
const BETWEEN_CONTACTS_MS = 10 * 60_000

/** Records of a dataset, one object per line of its files, as Search nests them. */
export interface SampleDataset {
  readonly tasks: readonly object[]
  readonly agentSessions: readonly object[]
}

const taskAnswer = z.object({
  data: z.object({
    taskDetails: z.object({
      tasks: z.array(
        z.looseObject({
          id: z.string(),
          activities: z.looseObject({ nodes: z.array(z.object({ eventName: z.string(), duration: z.number() })) }),
        }),
      ),
    }),
  }),
})

const sessionAnswer = z.object({
  data: z.object({
    agentSession: z.object({
      agentSessions: z.array(
        z.looseObject({
          agentSessionId: z.string(),
          startTime: z.number().optional(),
          endTime: z.number().default(-1),
          channelInfo: z.array(z.looseObject({ channelId: z.string() })).nullish(),
        }),
      ),
    }),
  }),
})

/**
 * Reads a folder of public samples and lays them out in time, so that the simulator can serve them. Tasks come with names and durations only:
 * times, agents and queues are this project's reading (`layoutSteps`). Sessions keep their own times: those begun within the span of the
 * tasks' query are taken (others lie years apart), and of several copies of one session the one with the most members. Throws if the folder lacks the tasks' file.
 */
export async function convertSamples(folder: string): Promise<SampleDataset> {
  const { data } = taskAnswer.parse(JSON.parse(await readFile(path.join(folder, TASKS_FILE), 'utf8')))
  // Published newest first.
  const tasks = data.taskDetails.tasks.toReversed().map((task, index) => {
    const startMs = FIRST_CONTACT_MS + index * BETWEEN_CONTACTS_MS
    const { cars, endMs } = layoutSteps(task.activities.nodes.toReversed(), {
      taskId: task.id,
      startMs,
      agentId: (agent) => uuidV5(`sample-agent:${agent}`),
      queueId: (queue) => uuidV5(`sample-queue:${queue}`),
    })
    return {
      ...task,
      createdTime: startMs,
      endedTime: endMs,
      lastActivityTime: Math.max(endMs, ...cars.map((car) => car.endedTime)),
      isActive: false,
      status: 'ended',
      direction: 'inbound',
      activities: { nodes: cars },
    }
  })
  return { tasks, agentSessions: await readSessions(folder) }
}

async function readSessions(folder: string): Promise<object[]> {
  const fullest = new Map<string, { readonly members: number; readonly record: object }>()
  for (const file of (await readdir(folder)).filter((name) => SESSIONS_FILES.test(name)).toSorted()) {
    const answer = sessionAnswer.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')))
    for (const session of answer.data.agentSession.agentSessions) {
      if (session.startTime === undefined || session.startTime < SPAN.fromMs || session.startTime >= SPAN.toMs) continue
      const members = JSON.stringify(session).length
      if ((fullest.get(session.agentSessionId)?.members ?? 0) >= members) continue
      const channelInfo = (session.channelInfo ?? []).map((channel) => ({ activities: { nodes: [] }, ...channel }))
      fullest.set(session.agentSessionId, { members, record: { isActive: false, ...session, channelInfo } })
    }
  }
  return [...fullest.values()].map(({ record }) => record)
}
