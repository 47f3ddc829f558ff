import type { World } from '../world.ts'
import { createCaptures } from './captures/create-captures.ts'
import { renderConfiguration } from './configuration.ts'
import { createFrame } from './frame.ts'
import type { GeneratedWorldOptions } from './frame.ts'
import { legSource, sessionSource, taskSource } from './sources.ts'
import { createTruth } from './truth.ts'
import { createWorldEvents } from './world-events.ts'

/**
 * A centre of any size over any stretch of time, told watch by watch and pod by pod as somebody looks at it (ADR 13). Equal options give equal
 * records, byte for byte, whatever was asked before.
 */
export function createGeneratedWorld(options: GeneratedWorldOptions): World {
  const frame = createFrame(options)
  const { seed, org, openingMs, watches, blocks } = frame
  const captures = createCaptures({ seed, ...options.captures })
  const configuration = renderConfiguration(org, openingMs)
  return {
    orgId: org.id,
    history: { fromMs: openingMs, toMs: options.historyUntilMs },
    tasks: taskSource(frame),
    agentSessions: sessionSource(frame),
    taskLegs: legSource(frame),
    captures(taskId, asOfMs, wishes) {
      const arrival = frame.arrivalNamed(taskId)
      if (arrival === undefined || arrival.atMs > asOfMs) return undefined
      return captures.entry(frame.scriptOf(arrival), asOfMs, wishes)
    },
    configuration: (entity) => configuration[entity] ?? [],
    events: createWorldEvents({ seed, pods: org.pods, watches, blocks, openingMs }),
    truth: createTruth({ scriptsOf: frame.scriptsOf, blocksOf: frame.blocksOf, captures }),
  }
}
