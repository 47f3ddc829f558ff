/** The id of an invented task says how long its recording is, so that stand and bench need tell each other nothing. */
export function inventTask(serial: number, byteSize: number): string {
  return `bench-${serial}-${byteSize}`
}

/** Throws a `RangeError` for any other id. */
export function fileOfTask(taskId: string): { readonly serial: number; readonly byteSize: number } {
  const [, serial, byteSize] = /^bench-(\d+)-(\d+)$/.exec(taskId) ?? []
  if (serial === undefined) throw new RangeError('not an invented task')
  return { serial: Number(serial), byteSize: Number(byteSize) }
}
