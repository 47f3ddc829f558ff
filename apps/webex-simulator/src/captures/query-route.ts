import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CAPTURES_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { isRecord } from '../json.ts'
import type { CaptureEntry, RecordOf } from '../world.ts'
import { capturePath } from './capture-path.ts'
import type { CaptureKind } from './capture-path.ts'
import type { SignedLinks } from './signed-links.ts'

/** Limits and switches: webex-cc-api §4.1. */
const requestSchema = z.object({
  query: z.object({
    orgId: z.string().optional(),
    taskIds: z
      .array(z.string().min(1))
      .min(1, 'taskIds should not be empty.')
      .max(10, 'taskIds should not exceed 10.')
      .refine((ids) => new Set(ids).size === ids.length, 'taskIds should be unique.'),
    urlExpiration: z
      .int()
      .min(1, 'urlExpiration should be greater than 0.')
      .max(60, 'urlExpiration should not exceed 60.')
      .default(60),
    includeSegments: z.boolean().default(false),
    includeVARecordings: z.boolean().default(false),
    includeScreenRecordings: z.boolean().default(false),
    includeAllDigitalVersions: z.boolean().default(false),
  }),
})

export interface CaptureRoutesOptions {
  readonly links: SignedLinks
  readonly nowMs: () => number
  /** Whether people must name their organization as service apps must (§4.1). */
  readonly orgIdIs: 'required' | 'optional'
  /** Whether recordings of open tasks are listed as far as they go. */
  readonly listsOpenTasks: boolean
}

/** A transcription carries its link beside its other members, a recording inside `attributes`. */
function withLink(kind: CaptureKind, item: RecordOf, link: string): object {
  return kind === 'transcription'
    ? { ...item, filePath: link }
    : { ...item, attributes: { ...(isRecord(item['attributes']) ? item['attributes'] : {}), filePath: link } }
}

/** `POST /v1/captures/query`: unknown tasks and those without captures have empty lists (webex-cc-api §4.2). */
export function registerCaptureQuery(app: FastifyInstance, options: CaptureRoutesOptions): void {
  const { links, nowMs, orgIdIs, listsOpenTasks } = options
  const answer = (request: FastifyRequest, entry: CaptureEntry, minutes: number) => {
    const mint = (kind: CaptureKind) =>
      (entry[kind] ?? []).map(({ item, file }, position) => {
        const path = capturePath(request.caller.org.id, entry.taskId, kind, { item, file, position })
        return withLink(kind, item, `${request.protocol}://${request.host}${links.mint(path, nowMs(), minutes * 60)}`)
      })
    return {
      taskId: entry.taskId,
      recording: mint('recording'),
      transcription: mint('transcription'),
      ...(entry.screenRecordings === undefined ? {} : { screenRecordings: mint('screenRecordings') }),
    }
  }

  app.post('/v1/captures/query', { config: { access: CAPTURES_READ } }, (request, reply) => {
    const { seen, world, ...org } = request.caller.org
    const parsed = requestSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, parsed.error.issues.map((issue) => issue.message).join(' '))
    const { taskIds, urlExpiration, ...wished } = parsed.data.query
    if (wished.orgId === undefined && (orgIdIs === 'required' || request.caller.isServiceApp))
      return refuse(reply, 400, 'orgId is required.')
    const orgId = wished.orgId ?? org.id
    if (orgId !== org.id) return refuse(reply, 403, 'Access to the organization is denied.')
    const asOfMs = seen.asOfMs()
    const wishes = {
      segments: wished.includeSegments,
      virtualAgent: wished.includeVARecordings,
      screens: wished.includeScreenRecordings,
      allDigitalVersions: wished.includeAllDigitalVersions,
      openTasks: listsOpenTasks,
    }
    const none = { recording: [], transcription: [], ...(wishes.screens ? { screenRecordings: [] } : {}) }
    const data = taskIds.map((taskId) => {
      const entry = world.captures(taskId, asOfMs, wishes)
      return answer(request, entry ?? { taskId, ...none }, urlExpiration)
    })
    return reply.send({ meta: { orgId, urlExpiration }, data })
  })
}
