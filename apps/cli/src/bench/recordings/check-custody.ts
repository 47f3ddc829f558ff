import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Database } from '@wxcc/db/connect'
import { hashOf } from './invented-file.ts'
import { fileOfTask } from './invented-task.ts'

export interface CustodyFaults {
  /** Rows whose object is not there. */
  readonly rowsWithoutObject: number
  /** Files in the store that no row names, half-written ones among them. */
  readonly objectsWithoutRow: number
  /** Length or hash of row or object is not that of the vendor's file. */
  readonly corrupt: number
  /** Tasks with another number of stored recordings than one. */
  readonly twice: number
  /** Files in the spool that belong to no download. */
  readonly leftInSpool: number
}

/** Compares ledger, store and spool with what the stand served. */
export async function checkCustody(world: {
  readonly db: Database
  readonly objectsFolder: string
  readonly spoolFolder: string
}): Promise<CustodyFaults> {
  const rows = await world.db.selectFrom('etl.capture').selectAll().where('state', '=', 'stored').execute()
  const files = new Set(await filesBelow(world.objectsFolder))
  let [rowsWithoutObject, corrupt] = [0, 0]
  for (const row of rows) {
    if (!files.delete(row.object_key!)) rowsWithoutObject += 1
    else {
      const truth = hashOf(row.task_id)
      const isWhole = row.byte_size === fileOfTask(row.task_id).byteSize && row.sha256!.toString('hex') === truth
      if (!isWhole || (await hashOfFile(path.join(world.objectsFolder, row.object_key!))) !== truth) corrupt += 1
    }
  }
  const spooled = (await filesBelow(world.spoolFolder)).filter((name) => path.basename(name) !== 'owner')
  return {
    rowsWithoutObject,
    objectsWithoutRow: files.size,
    corrupt,
    twice: rows.length - new Set(rows.map((row) => row.task_id)).size,
    leftInSpool: spooled.length,
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}

async function hashOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
