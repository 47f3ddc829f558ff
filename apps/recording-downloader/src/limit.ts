/** Runs so many pieces of work at a time, in the order they were handed in. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

export function createLimit(atATime: number): Limit {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atATime) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      // A place goes from hand to hand, so that nobody who comes now takes it from one who waits.
      if (next === undefined) running -= 1
      else next()
    }
  }
}
