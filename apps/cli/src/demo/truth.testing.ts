import { WINDOW_MS, type Window, floorToWindow } from '@wxcc/contracts/window'
import { sql } from 'kysely'
import type { Demo } from './start-demo.ts'

/** What the simulator's script and the database say about the same things, as sorted lists of text that should be equal. */
export interface TwoSides {
  readonly script: readonly string[]
  readonly database: readonly string[]
}

/** Everything but the engagements, which `measureDay` compares: windows, activity records, turns, stored files, agents' time. */
export async function readTwoSides(
  demo: Demo,
): Promise<Record<'windows' | 'activities' | 'turns' | 'files' | 'agentTime', TwoSides>> {
  const { fromMs, toMs } = demo.range
  const script = async <T>(part: string): Promise<T[]> =>
    (await fetch(`${demo.simulatorUrl}/_sim/truth/${part}?from=${fromMs}&to=${toMs}`)).json() as Promise<T[]>
  const database = async (query: ReturnType<typeof sql<{ line: string }>>): Promise<string[]> =>
    (await query.execute(demo.db)).rows.map((row) => row.line).toSorted()

  const windows = await script<{ stream: string; fromMs: number; count: number }>('windows')
  const tasks = await script<{ taskId: string; activityCount: number }>('tasks')
  const turns = await script<{ taskId: string; type: string; participant: string; time: number }>('turns')
  const captures = await script<{ taskId: string; sizeBytes: number; sha256: string }>('captures')
  const states = await script<AgentState>('agent-states')
  return {
    windows: {
      script: windows
        .filter((w) => w.stream !== 'task_leg' && w.fromMs < toMs)
        .map((w) => `${w.stream} ${w.fromMs} ${w.count}`)
        .toSorted(),
      database: await database(sql`
        select stream || ' ' || (extract(epoch from window_start) * 1000)::bigint || ' ' || stored as line
        from etl.load_window where stored > 0 and stored = expected and incomplete = 0`),
    },
    activities: {
      script: tasks.map((task) => `${task.taskId} ${task.activityCount}`).toSorted(),
      database: await database(
        sql`select source_task_id || ' ' || car_count as line from journey.conversation where is_car_complete`,
      ),
    },
    turns: {
      script: turns.map((turn) => `${turn.taskId} ${turn.type} ${turn.participant} ${turn.time}`).toSorted(),
      database: await database(sql`
        select c.source_task_id || ' ' || t.turn_type || ' ' || t.participant || ' ' || (extract(epoch from t.turn_time) * 1000)::bigint as line
        from journey.turn t join journey.conversation c using (conversation_id, conversation_start_time)
        -- The script knows what people said; which nodes of a flow ran, the records alone tell.
        where not t.is_deleted and t.turn_type <> 'Menu Step'`),
    },
    files: {
      script: captures.map((file) => `${file.taskId} ${file.sizeBytes} ${file.sha256}`).toSorted(),
      database: await database(sql`
        select task_id || ' ' || byte_size || ' ' || encode(sha256, 'hex') as line from etl.capture where state = 'stored'`),
    },
    agentTime: {
      script: sliceByQuarterHour(states, demo.range),
      database: await database(sql`
        select g.source_agent_id || ' ' || (extract(epoch from a.interval_time) * 1000)::bigint || ' ' || s.state_group || ' ' || sum(a.activity_time_ms) as line
        from journey.activity a join journey.agent g using (agent_id) join journey.agent_status s using (agent_status_id)
        where not a.is_deleted and a.activity_time_ms > 0 and a.interval_time < ${new Date(toMs)}
        group by g.source_agent_id, a.interval_time, s.state_group`),
    },
  }
}

interface AgentState {
  readonly agentId: string
  readonly stateGroup: string
  readonly startTime: number
  readonly endTime: number | null
}

/** The script's stretches, cut at quarter hours and at both ends of the range, added up per agent and group. */
function sliceByQuarterHour(states: readonly AgentState[], { fromMs, toMs }: Window): string[] {
  const sums = new Map<string, number>()
  for (const state of states) {
    const end = Math.min(state.endTime ?? toMs, toMs)
    for (let at = Math.max(state.startTime, fromMs); at < end;) {
      const cut = Math.min(floorToWindow(at) + WINDOW_MS, end)
      const key = `${state.agentId} ${floorToWindow(at)} ${state.stateGroup}`
      sums.set(key, (sums.get(key) ?? 0) + cut - at)
      at = cut
    }
  }
  return [...sums].map(([key, sum]) => `${key} ${sum}`).toSorted()
}
