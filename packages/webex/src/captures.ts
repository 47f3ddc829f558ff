import { z } from 'zod'
import type { WebexClient } from './client.ts'
import { failureOfEnvelope, malformed } from './failures.ts'

/** The vendor takes 1 to 10 task ids (webex-cc-api §4.1). */
export const MAX_TASKS_PER_LISTING = 10
/** Signed links live 60 minutes at most (§4.1). */
export const MAX_URL_EXPIRATION_MINUTES = 60

/** One file the vendor offers. `url` is signed and short-lived: it lives in memory and goes nowhere else. */
export interface ListedCapture {
  readonly taskId: string
  readonly kind: 'recording' | 'transcript'
  /** Unique among one task's captures of one kind. */
  readonly sourceCaptureId: string
  readonly url: string
  readonly startMs: number | null
  readonly endMs: number | null
  /** Recordings: who is on which channel (`Caller`, `Agent`, `VA`, `Others`), `main` or `consult` …, one segment of several. */
  readonly channel1: string | null
  readonly channel2: string | null
  readonly callType: string | null
  readonly segment: boolean
  /** Transcripts: where the text comes from (`recording`, `realtime-voice` …), and its language. */
  readonly source: string | null
  readonly languageCode: string | null
}

const text = z.string().nullish()
/** Numbers in recordings, decimal text in transcriptions (§4.2 [OAS]). */
const time = z.union([z.number(), z.string()]).nullish()

/** Participants and file names are not read: the first are personal data, the second are free text. */
const listing = z.object({
  data: z.array(
    z.object({
      taskId: z.string().min(1),
      recording: z
        .array(
          z.object({
            id: z.string().min(1),
            segment: z.boolean().nullish(),
            attributes: z.object({
              filePath: z.string().min(1),
              startTime: time,
              stopTime: time,
              channel1: text,
              channel2: text,
              callType: text,
            }),
          }),
        )
        .nullish(),
      transcription: z
        .array(
          z.object({
            id: z.string().min(1),
            filePath: z.string().min(1),
            fileName: text,
            // The specification spells `Source`, guides and callers `source` (§4.2).
            Source: text,
            source: text,
            startTime: time,
            languageCode: text,
          }),
        )
        .nullish(),
    }),
  ),
})

/**
 * Lists the recordings and transcripts of at most ten tasks (`POST /v1/captures/query`). A task without captures, or without any yet, is simply
 * absent from the result. Links may be used for `urlExpirationMinutes`.
 */
export async function captures(
  client: WebexClient,
  query: { readonly taskIds: readonly string[]; readonly urlExpirationMinutes: number },
): Promise<ListedCapture[]> {
  const answer = await client.call({
    endpoint: 'captures',
    method: 'POST',
    path: '/v1/captures/query',
    json: {
      query: {
        orgId: client.orgId,
        urlExpiration: query.urlExpirationMinutes,
        taskIds: query.taskIds,
        includeSegments: false,
        includeVARecordings: true,
      },
    },
  })
  const failure = failureOfEnvelope(answer.json)
  if (failure !== undefined) throw failure
  const parsed = listing.safeParse(answer.json)
  if (!parsed.success)
    throw malformed(parsed.error.issues[0]?.path.filter((part) => typeof part === 'string').join('.') ?? 'captures')
  const asked = new Set(query.taskIds)
  return parsed.data.data.filter(({ taskId }) => asked.has(taskId)).flatMap(toCaptures)
}

function toCaptures(task: z.infer<typeof listing>['data'][number]): ListedCapture[] {
  const { taskId } = task
  const recordings = (task.recording ?? []).map((one): ListedCapture => {
    const { filePath, startTime, stopTime, channel1, channel2, callType } = one.attributes
    return {
      taskId,
      kind: 'recording',
      sourceCaptureId: one.id,
      url: filePath,
      startMs: toMs(startTime),
      endMs: toMs(stopTime),
      channel1: channel1 ?? null,
      channel2: channel2 ?? null,
      callType: callType ?? null,
      segment: one.segment === true,
      source: null,
      languageCode: null,
    }
  })
  const transcripts = (task.transcription ?? []).map((one): ListedCapture => {
    const source = one.source ?? one.Source ?? null
    return {
      taskId,
      kind: 'transcript',
      // The id of a voice transcript is a configuration's (§4.2), which several transcripts of one task may share.
      sourceCaptureId: [one.id, source, one.fileName].filter((part) => part != null).join('/'),
      url: one.filePath,
      startMs: toMs(one.startTime),
      endMs: null,
      channel1: null,
      channel2: null,
      callType: null,
      segment: false,
      source,
      languageCode: one.languageCode ?? null,
    }
  })
  return [...recordings, ...transcripts]
}

function toMs(value: z.infer<typeof time>): number | null {
  const ms = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof ms === 'number' && Number.isFinite(ms) && ms > 0 ? ms : null
}
