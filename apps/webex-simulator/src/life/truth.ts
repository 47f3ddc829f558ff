import { createHash } from 'node:crypto'
import type { RecordOf, Span, TrueAgentState, TrueCapture, TrueEngagement, TrueTask, Truth } from '../world.ts'
import type { Block } from './block.ts'
import type { Captures } from './captures/create-captures.ts'
import { beatsAt } from './render-activities.ts'
import type { EngagementFact, TaskScript } from './script.ts'

interface Told {
  /** Contacts that arrived within the span and by then. */
  readonly scriptsOf: (span: Span, asOfMs: number) => readonly TaskScript[]
  /** Days and pods whose agents may have been at work within the span. */
  readonly blocksOf: (span: Span, asOfMs: number) => readonly Block[]
  readonly captures: Captures
}

/** Reads what the script wrote down as it happened. Nothing here looks at a rendered record. */
export function createTruth({ scriptsOf: begun, blocksOf, captures }: Told): Truth {
  return {
    tasks: (span, asOfMs) =>
      begun(span, asOfMs).map((task): TrueTask => ({
        taskId: task.id,
        createdTime: task.createdTime,
        endedTime: task.endedTime !== null && task.endedTime <= asOfMs ? task.endedTime : null,
        activityCount: beatsAt(task, asOfMs).length,
      })),
    engagements: (span, asOfMs) =>
      begun(span, asOfMs).flatMap((task) =>
        task.facts.filter((fact) => isKnown(fact, asOfMs)).map((fact) => asKnown(task, fact, asOfMs)),
      ),
    turns: (span, asOfMs) => begun(span, asOfMs).flatMap((task) => captures.turns(task, asOfMs)),
    async captures(span, asOfMs) {
      const files: TrueCapture[] = []
      for (const task of begun(span, asOfMs)) {
        const { recording, transcription } = captures.entry(task, asOfMs)
        for (const [kind, entries] of [
          ['recording', recording],
          ['transcript', transcription],
        ] as const) {
          for (const { item, file } of entries) {
            const body = await file.read()
            const sha256 = createHash('sha256').update(body).digest('hex')
            files.push({ taskId: task.id, captureId: idOf(item), kind, sizeBytes: body.length, sha256 })
          }
        }
      }
      return files
    },
    agentStates({ fromMs, toMs }, asOfMs) {
      return blocksOf({ fromMs, toMs }, asOfMs)
        .flatMap(({ statuses }) => [...statuses.values()].flat())
        .filter((fact) => fact.startTime <= asOfMs && fact.startTime < toMs && (fact.endTime ?? toMs) > fromMs)
        .map((fact): TrueAgentState => ({ ...fact, endTime: until(fact.endTime, asOfMs) }))
    },
  }
}

function idOf(item: RecordOf): string {
  const { id } = item
  if (typeof id !== 'string') throw new TypeError('a capture has an id')
  return id
}

const until = (endTime: number | null, asOfMs: number) => (endTime !== null && endTime <= asOfMs ? endTime : null)

/** An offer is an Invitation only once it is known that nobody answered it; what lasted no time makes no Menu (ruling 5). */
function isKnown(fact: EngagementFact, asOfMs: number): boolean {
  if (fact.startTime > asOfMs || fact.startTime === fact.endTime) return false
  return !fact.isKnownWhenOver || (fact.endTime !== null && fact.endTime <= asOfMs)
}

function asKnown(task: TaskScript, fact: EngagementFact, asOfMs: number): TrueEngagement {
  const endTime = until(fact.endTime, asOfMs)
  const isOver = endTime !== null
  return {
    ...fact,
    taskId: task.id,
    endTime,
    isAnswered: isOver ? fact.isAnswered : null,
    leftTime: until(fact.leftTime, asOfMs),
    afterWorkMs: isOver ? fact.afterWorkMs : null,
  }
}
