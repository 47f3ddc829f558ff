import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { CaptureRow } from '@wxcc/db/capture'
import type { Database } from '@wxcc/db/connect'

export interface CustodyFaults {
  /** Rows whose object is not there. */
  readonly rowsWithoutObject: number
  /** Files in the store that no row names, half-written ones and parts of uploads among them. */
  readonly objectsWithoutRow: number
  /** Length or hash of row or object is not that of the vendor's file. */
  readonly corrupt: number
  /** Files in the spool that belong to no download. */
  readonly leftInSpool: number
}

/** The files of a store, seen from beneath. */
export interface StoredFiles {
  pathOf(key: string): string
  /** Keys, and whatever else lies there. */
  list(): Promise<string[]>
}

/** Compares ledger, store and spool: every stored row with its object and the vendor's truth, every object with its row. */
export async function checkCustody(world: {
  readonly db: Database
  readonly files: StoredFiles
  readonly spoolFolder: string
  readonly isVendors: (row: CaptureRow) => boolean
}): Promise<CustodyFaults> {
  const rows = await world.db.selectFrom('etl.capture').selectAll().where('state', '=', 'stored').execute()
  const files = new Set(await world.files.list())
  let [rowsWithoutObject, corrupt] = [0, 0]
  for (const row of rows) {
    if (!files.delete(row.object_key!)) rowsWithoutObject += 1
    else {
      const found = await hashOfFile(world.files.pathOf(row.object_key!))
      const isSame = found.byteSize === row.byte_size && found.sha256 === row.sha256!.toString('hex')
      if (!isSame || !world.isVendors(row)) corrupt += 1
    }
  }
  const spooled = (await filesBelow(world.spoolFolder)).filter((name) => path.basename(name) !== 'owner')
  return { rowsWithoutObject, objectsWithoutRow: files.size, corrupt, leftInSpool: spooled.length }
}

/** A folder as the store; `below` leaves out what is no capture. */
export function folderFiles(folder: string, below: readonly string[]): StoredFiles {
  return {
    pathOf: (key) => path.join(folder, key),
    list: async () => (await filesBelow(folder)).filter((name) => below.some((prefix) => name.startsWith(prefix))),
  }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
}

async function hashOfFile(file: string): Promise<{ readonly byteSize: number; readonly sha256: string }> {
  const hash = createHash('sha256')
  let byteSize = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    byteSize += chunk.length
  }
  return { byteSize, sha256: hash.digest('hex') }
}
