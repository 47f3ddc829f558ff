import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConfigError } from '@wxcc/runtime/load-config'
import { type SampleDataset, convertSamples } from '@wxcc/samples/convert-samples'
import { Command } from 'commander'

/** `wxcc samples`: public answers of the real API → a dataset for `wxcc demo --dataset`. */
export function samplesCommand(): Command {
  return new Command('samples')
    .description('turn a folder of public samples of the real API into a dataset that the demo loads')
    .requiredOption('--from <dir>', 'folder with the published answers')
    .requiredOption('--to <dir>', 'folder to write the dataset to')
    .option('--json', 'print the counts as JSON')
    .action(async (flags: { readonly from: string; readonly to: string; readonly json?: boolean }) => {
      const dataset = await convertSamples(flags.from).catch((error: unknown) => {
        throw unreadable(error) ?? error
      })
      await writeDataset(flags.to, dataset)
      const counts = { tasks: dataset.tasks.length, agentSessions: dataset.agentSessions.length }
      console.log(
        flags.json
          ? JSON.stringify(counts)
          : `${counts.tasks} tasks and ${counts.agentSessions} agent sessions written`,
      )
    })
}

/** One record per line, in the files the simulator reads. */
export async function writeDataset(folder: string, dataset: SampleDataset): Promise<void> {
  await mkdir(folder, { recursive: true })
  const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')
  await writeFile(path.join(folder, 'tasks.jsonl'), lines(dataset.tasks))
  await writeFile(path.join(folder, 'agent-sessions.jsonl'), lines(dataset.agentSessions))
}

function unreadable(error: unknown): ConfigError | undefined {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') return undefined
  return new ConfigError([{ setting: '--from', problem: 'does not hold the published answers this command reads' }])
}
