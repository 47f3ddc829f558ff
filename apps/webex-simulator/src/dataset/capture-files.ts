import { readFile, realpath } from 'node:fs/promises'
import { basename, extname, relative, resolve } from 'node:path'
import type { CaptureEntry, CaptureFile, RecordOf } from '../world.ts'
import { DatasetError, readLines } from './read-lines.ts'
import { captureSchema } from './record-schemas.ts'
import type { CaptureFileLine, CaptureLine } from './record-schemas.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || way.startsWith('..') || resolve(way) === way
}

/** The file a capture line names, which must lie inside the dataset's folder, links followed. */
async function captureFile(
  folder: string,
  { filePath, fileName }: CaptureFileLine,
  where: string,
): Promise<CaptureFile> {
  const path = resolve(folder, filePath)
  const target = await realpath(path).catch(() => undefined)
  if (target === undefined) throw new DatasetError(`${where}: filePath names a file that is not there`)
  if (isOutside(await realpath(folder), target)) throw new DatasetError(`${where}: filePath leaves the folder`)
  return {
    fileName: typeof fileName === 'string' ? fileName : basename(path),
    contentType: CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    read: () => readFile(path),
  }
}

/** What is served has no `filePath`: a signed one is minted for each answer. */
function withoutPath({ filePath: _filePath, ...rest }: RecordOf): RecordOf {
  return rest
}

async function readEntry(folder: string, line: CaptureLine, where: string): Promise<CaptureEntry> {
  const recording = line.recording.map(async (item) => ({
    item: { ...item, attributes: withoutPath(item.attributes) },
    file: await captureFile(folder, item.attributes, where),
  }))
  const transcription = line.transcription.map(async (item) => ({
    item: withoutPath(item),
    file: await captureFile(folder, item, where),
  }))
  return {
    taskId: line.taskId,
    recording: await Promise.all(recording),
    transcription: await Promise.all(transcription),
  }
}

export async function readCaptures(folder: string): Promise<ReadonlyMap<string, CaptureEntry>> {
  const entries = new Map<string, CaptureEntry>()
  for (const { value, where } of await readLines(folder, 'captures.jsonl', captureSchema)) {
    if (entries.has(value.taskId)) throw new DatasetError(`${where}: a second line for the same task`)
    entries.set(value.taskId, await readEntry(folder, value, where))
  }
  return entries
}
