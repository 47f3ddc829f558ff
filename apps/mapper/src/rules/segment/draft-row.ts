import type { AgentType } from '../ids.ts'
import { knownText } from '../records.ts'
import type {
  EngagementType,
  InvitationEvidence,
  InvitationResult,
  MenuPhase,
  QualityFlag,
  QueueOutcome,
  TransferIn,
  TransferOut,
} from './facts.ts'
import type { Step } from './order-steps.ts'

/** A segment while it is being found. Its sums come from its steps when it is finished. */
export interface DraftRow {
  readonly type: EngagementType
  /** The CAR that opened the segment. */
  readonly anchor: Step
  readonly steps: Step[]
  readonly start: number
  /** The moment of leaving; null while open. Wrap-up is added by the end. */
  end: number | null
  subtype: string | null
  parent: DraftRow | null
  agent: { type: AgentType; id: string } | null
  queueId: string | null
  menuPhase: MenuPhase | null
  hasFlowEvidence: boolean
  queueOutcome: QueueOutcome | null
  invitationResult: InvitationResult | null
  invitationEvidence: InvitationEvidence | null
  transferIn: TransferIn | null
  transferOut: TransferOut | null
  invitationMs: number | null
  preparationMs: number | null
  /** The Queue row that an agent answered; its service level is the agent's too. */
  answeredQueue: DraftRow | null
  isStartUnseen: boolean
  readonly wrapUps: Step[]
  readonly flags: Set<QualityFlag>
}

export function openRow(type: EngagementType, anchor: Step, start: number): DraftRow {
  return {
    type,
    anchor,
    steps: [anchor],
    start,
    end: null,
    subtype: null,
    parent: null,
    agent: null,
    queueId: null,
    menuPhase: null,
    hasFlowEvidence: false,
    queueOutcome: null,
    invitationResult: null,
    invitationEvidence: null,
    transferIn: null,
    transferOut: null,
    invitationMs: null,
    preparationMs: null,
    answeredQueue: null,
    isStartUnseen: false,
    wrapUps: [],
    flags: new Set(),
  }
}

export function user(agentId: unknown): { type: 'User'; id: string } | null {
  const id = knownText(agentId)
  return id === null ? null : { type: 'User', id }
}
