import { readdir, readFile } from 'node:fs/promises'

/** Ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const MS_PER_TICK = 10

/** Processor time that a process has spent so far, all its threads, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  const [own] = await times(pid)
  return own
}

/** The same of a process and all that it started, also those that have ended. */
export async function cpuMsOfFamily(pid: number): Promise<number> {
  const [own, ended] = await times(pid)
  let total = own + ended
  for (const child of await childrenOf(pid)) total += await cpuMsOf(child).catch(() => 0)
  return total
}

async function times(pid: number): Promise<readonly [own: number, ended: number]> {
  const fields = await statOf(pid)
  const ticks = (first: number) => Number(fields[first]) + Number(fields[first + 1])
  return [ticks(11) * MS_PER_TICK, ticks(13) * MS_PER_TICK]
}

async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((one) => Number.isInteger(one))
  const parents = await Promise.all(pids.map(async (one) => Number((await statOf(one).catch(() => []))[1])))
  return pids.filter((_, at) => parents[at] === pid)
}

/** Fields of `/proc/<pid>/stat` from the state on; the name before it may hold anything. */
async function statOf(pid: number): Promise<readonly string[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
