/** The simulator's script of what really happened, as its control plane tells it. */

/** Half-open, epoch ms. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** An engagement as it happened; vendor ids, epoch ms. What is not known at the vendor's present is null. */
export interface ScriptedEngagement {
  readonly taskId: string
  readonly type: 'Agent' | 'Queue' | 'Menu' | 'Invitation' | 'Consult' | 'External' | 'Bot'
  readonly agentId: string | null
  readonly queueId: string | null
  readonly startTime: number
  readonly endTime: number | null
  readonly invitationResult: 'missed' | 'rejected' | 'failed' | null
  readonly isAnswered: boolean | null
  readonly menuPhase: 'entry' | 'after_transfer' | 'in_queue' | 'post_call' | null
  readonly leftTime: number | null
  readonly afterWorkMs: number | null
}

/** A stretch of one agent's one status. */
export interface ScriptedState {
  readonly agentId: string
  readonly stateGroup: 'Available' | 'Idle' | 'Busy' | 'Wrap Up' | 'Not Responding'
  readonly startTime: number
  readonly endTime: number | null
}

export interface Script {
  readonly engagements: readonly ScriptedEngagement[]
  readonly states: readonly ScriptedState[]
}

/** Engagements of tasks created in the span, states that overlap it. */
export async function readScript(simulatorUrl: string, orgId: string, span: Span): Promise<Script> {
  const read = async <T>(what: string): Promise<T[]> => {
    const answer = await fetch(`${simulatorUrl}/_sim/truth/${what}?org=${orgId}&from=${span.fromMs}&to=${span.toMs}`)
    if (!answer.ok) throw new Error(`the simulator answered ${answer.status} to truth/${what}`)
    return (await answer.json()) as T[]
  }
  const [engagements, states] = await Promise.all([
    read<ScriptedEngagement>('engagements'),
    read<ScriptedState>('agent-states'),
  ])
  return { engagements, states }
}
