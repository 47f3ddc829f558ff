import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CONFIG_READ } from '../http/caller.ts'
import { refuse } from '../http/envelopes.ts'
import { isRecord } from '../json.ts'
import type { CaptureEntry, RecordOf } from '../world.ts'
import type { SignedLinks } from './signed-links.ts'

/** Limits: vendor's OpenAPI of May 2026 (10 task ids, 60 minutes). `include*` switches are taken; worlds know one stitched recording. */
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
}

type Kind = 'recording' | 'transcription'

function filePath(orgId: string, taskId: string, kind: Kind, position: number, fileName: string): string {
  return `/_files/${orgId}/${encodeURIComponent(taskId)}/${kind}/${position}/${encodeURIComponent(fileName)}`
}

/** A recording carries its link inside `attributes`, a transcription beside its other members. */
function withLink(kind: Kind, item: RecordOf, link: string): object {
  return kind === 'recording'
    ? { ...item, attributes: { ...(isRecord(item['attributes']) ? item['attributes'] : {}), filePath: link } }
    : { ...item, filePath: link }
}

export function registerCaptureQuery(app: FastifyInstance, { links, nowMs }: CaptureRoutesOptions): void {
  const answer = (request: FastifyRequest, entry: CaptureEntry, minutes: number) => {
    const mint = (kind: Kind) =>
      entry[kind].map(({ item, file }, position) => {
        const path = filePath(request.caller.org.id, entry.taskId, kind, position, file.fileName)
        return withLink(kind, item, `${request.protocol}://${request.host}${links.mint(path, nowMs(), minutes * 60)}`)
      })
    return { taskId: entry.taskId, recording: mint('recording'), transcription: mint('transcription') }
  }

  app.post('/v1/captures/query', { config: { access: CONFIG_READ } }, (request, reply) => {
    const { seen, world, ...org } = request.caller.org
    const parsed = requestSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, parsed.error.issues.map((issue) => issue.message).join(' '))
    const { taskIds, urlExpiration, orgId } = parsed.data.query
    // Documented as required for service apps, which is what the simulator's client is.
    if (orgId === undefined) return refuse(reply, 400, 'orgId is required.')
    if (orgId !== org.id) return refuse(reply, 403, 'Access to the organization is denied.')
    const asOfMs = seen.asOfMs()
    const data = taskIds.map((taskId) => {
      const entry = world.captures(taskId, asOfMs)
      return answer(request, entry ?? { taskId, recording: [], transcription: [] }, urlExpiration)
    })
    return reply.send({ meta: { orgId, urlExpiration }, data })
  })
}
