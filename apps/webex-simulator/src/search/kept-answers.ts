/** What one query found, kept for its next page. `weight` is about how many ids or groups it holds, and may grow. */
export interface Kept {
  readonly weight: number
}

/** A little more than the longest list that may be paged; an id takes some 70 bytes. */
const MAX_WEIGHT = 120_000
const MAX_ANSWERS = 64

/** The least recently asked are forgotten first, by number and by weight, so that memory stays bounded whatever is asked. */
export interface KeptAnswers {
  /** The answer kept under this name, else a new one. Names must hold everything the answer depends on. */
  take<T extends Kept>(name: string, make: () => T): T
}

export function createKeptAnswers(maxWeight = MAX_WEIGHT, maxAnswers = MAX_ANSWERS): KeptAnswers {
  const answers = new Map<string, Kept>()
  const forget = () => {
    let weight = 0
    for (const answer of answers.values()) weight += answer.weight
    for (const [name, answer] of answers) {
      if (answers.size <= 1 || (answers.size <= maxAnswers && weight <= maxWeight)) return
      answers.delete(name)
      weight -= answer.weight
    }
  }
  return {
    take<T extends Kept>(name: string, make: () => T): T {
      // A name is only ever asked for by the code that made it, so the type is the same.
      const answer = (answers.get(name) as T | undefined) ?? make()
      answers.delete(name)
      answers.set(name, answer)
      forget()
      return answer
    },
  }
}
