import { createHash } from 'node:crypto'
import { FatalError, RetryableError } from '@wxcc/contracts/failures'
import type { Outcome } from '@wxcc/contracts/outcome'
import { getSource } from '@wxcc/db/data-source'
import { type CaptureClaim, findConversation, finishCapture, holdCapture } from '@wxcc/db/journey/capture-mapping'
import { lockSource } from '@wxcc/db/journey/source-lock'
import { replaceCapture } from '@wxcc/db/journey/turns'
import { lockTaskSources } from '@wxcc/db/task-source'
import type { MapperDeps } from '../mapper-job.ts'
import { captureName, captureRows } from './capture-rows.ts'

/**
 * One stored capture → its file, its turns and what was said. A transcript in an unknown shape is kept and reported, with no turns. Throws
 * `RetryableError` while the task itself is not mapped, `FatalError('storage_mismatch')` if the stored file is not what was listed.
 */
export async function mapCapture(deps: MapperDeps, claim: CaptureClaim): Promise<Outcome> {
  const { capture } = claim
  const source = await getSource(deps.db, capture.data_source_id)
  const fileText = capture.kind === 'transcript' ? await readFile(deps, claim) : null
  const nowMs = await deps.clock()
  const { turns, isUnknownShape } = await deps.db.transaction().execute(async (tx) => {
    await lockSource(tx, source.dataSourceId, 'shared')
    await lockTaskSources(tx, source.dataSourceId, [capture.task_id])
    await holdCapture(tx, claim)
    const conversation = await findConversation(tx, source.dataSourceId, capture.task_id)
    if (conversation === undefined) throw new RetryableError('mapping_failed', { detail: 'its task is not mapped yet' })
    const read = captureRows(capture, fileText, conversation, source)
    await replaceCapture(tx, read.rows, { fetchId: capture.fetch_id, sourcePrefix: captureName(capture) })
    await finishCapture(tx, claim, { code: read.isUnknownShape ? 'unknown_shape' : null, nowMs })
    return { turns: read.rows.turns.length, isUnknownShape: read.isUnknownShape }
  })
  if (isUnknownShape) deps.report({ event: 'unknown_transcript_shape', captureId: capture.capture_id })
  return { kind: 'done', counts: { turns } }
}

async function readFile(deps: MapperDeps, { capture }: CaptureClaim): Promise<string> {
  const bytes = capture.object_key === null ? undefined : await deps.objects.get(capture.object_key)
  const sha256 = bytes && createHash('sha256').update(bytes).digest()
  if (bytes === undefined || capture.sha256 === null || !sha256?.equals(capture.sha256)) {
    throw new FatalError('storage_mismatch', { detail: `capture ${capture.capture_id}` })
  }
  return Buffer.from(bytes).toString('utf8')
}
