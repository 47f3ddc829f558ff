import { startWorld } from './world.ts'

const LATENCY_MS = 150
const FILES = 400
const FILE_BYTES = 100_000

/**
 * Files a second of one downloader and of two, from a vendor that is far away. Where it is near, the processors of one machine are the limit, and a
 * second downloader has nothing to add there.
 */
export async function measureScale(
  given: { readonly concurrency: number; readonly spoolMaxBytes: number },
  inventTasks: (count: number, byteSize: number) => string[],
): Promise<{
  readonly farFilesPerSecond: number
  readonly farFilesPerSecondOfTwo: number
  readonly scaleOfTwo: number
}> {
  const world = await startWorld({ ...given, latencyMs: LATENCY_MS })
  const timed = async () => {
    const taskIds = inventTasks(FILES, FILE_BYTES)
    await world.addTasks(taskIds)
    await world.admit(taskIds)
    return FILES / (await world.untilSettled(taskIds))
  }
  try {
    await world.startDownloader()
    await timed()
    const one = await timed()
    await world.startDownloader()
    await timed()
    const two = await timed()
    return {
      farFilesPerSecond: Math.round(one),
      farFilesPerSecondOfTwo: Math.round(two),
      scaleOfTwo: Math.round((two / one) * 100) / 100,
    }
  } finally {
    await world.stop()
  }
}
