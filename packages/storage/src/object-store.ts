import type { Readable } from 'node:stream'

/** What lies in object storage: raw pages, recordings and transcripts. One implementation is a folder, the other any S3. */
export interface ObjectStore {
  /**
   * Stores bytes, or a file of known size, whole or not at all; an object of that key is replaced. Checked after the write. A file must not be
   * changed afterwards: a folder may keep the very same file under its own name. Throws
   * `RetryableError`: `storage_unavailable`, or `storage_mismatch` when the store holds another length.
   */
  put(key: string, source: ObjectSource, about: ObjectFacts): Promise<void>
  /** The whole object; undefined if there is none. */
  get(key: string): Promise<Buffer | undefined>
  /** The object piece by piece, for what may not fit into memory; undefined if there is none. The caller reads it to its end or destroys it. */
  open(key: string): Promise<Readable | undefined>
  /**
   * An address at which anybody may read the object for so many seconds (at most 7 days, S3's own rule), with nothing else; undefined where the store
   * has none to give. It is a secret: neither logged nor stored.
   */
  link(key: string, seconds: number): Promise<string | undefined>
  /** Undefined if there is none. */
  stat(key: string): Promise<ObjectStat | undefined>
  /** Keys that begin with `prefix`, in order. */
  list(prefix: string): AsyncIterable<string>
  /** Harmless if there is none. */
  remove(key: string): Promise<void>
}

/** `byteSize` of a file is checked against the file before anything is sent. */
export type ObjectSource = Uint8Array | { readonly file: string; readonly byteSize: number }

export interface ObjectFacts {
  readonly contentType: string
  /** Hash of the bytes, known before they are stored. */
  readonly sha256: Uint8Array
}

export interface ObjectStat {
  readonly byteSize: number
}

/** Keys are slash-separated parts of letters, digits and `._=@+-`; none is empty or begins with a dot. So they are safe as paths everywhere. */
const KEY = /^(?!\.)[\w.=@+-]+(\/(?!\.)[\w.=@+-]+)*$/

/** Throws a `RangeError` for a key that is not one, such as `../x`, before it reaches any store. */
export function checkKey(key: string): string {
  if (key.length > 900 || !KEY.test(key)) throw new RangeError('not an object key')
  return key
}
