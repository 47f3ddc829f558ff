import type { QueueContract, WorkerApp } from '@wxcc/contracts/define-queue'

/** At boot: this app has a processor for each queue the contracts give it, and for no other. Throws one sentence that names what is wrong. */
export function checkConsumers(
  app: WorkerApp,
  // oxlint-disable-next-line typescript/no-explicit-any -- a list of contracts of different payloads
  contracts: readonly QueueContract<any>[],
  processors: Readonly<Record<string, unknown>>,
): void {
  const mine = contracts.filter((contract) => contract.worker === app).map((contract) => contract.name)
  const missing = mine.filter((name) => processors[name] === undefined)
  const foreign = Object.keys(processors).filter((name) => !mine.includes(name))
  const sentences = [
    ...(missing.length > 0 ? [`has no processor for ${missing.join(', ')}`] : []),
    ...(foreign.length > 0 ? [`has processors for queues that are not its own: ${foreign.join(', ')}`] : []),
  ]
  if (sentences.length > 0) throw new Error(`${app} ${sentences.join(' and ')}`)
}
