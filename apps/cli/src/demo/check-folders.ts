import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { ConfigError, type SettingProblem } from '@wxcc/runtime/load-config'

/**
 * Looks at every folder the demo was given before anything is started: a run of minutes must not end at a file it cannot write. Throws one
 * `ConfigError` that names the options.
 */
export async function checkFolders(given: {
  readonly data?: string
  readonly dataset?: string
  readonly json?: string
}): Promise<void> {
  const problems: SettingProblem[] = []
  if (given.dataset !== undefined && !(await isFolder(given.dataset)))
    problems.push({ setting: '--dataset', problem: 'is not a folder' })
  if (given.data !== undefined && !(await canWrite(given.data, { isMade: true })))
    problems.push({ setting: '--data', problem: 'is not a folder that can be written to' })
  if (given.json !== undefined && (!(await canWrite(path.dirname(given.json))) || (await isFolder(given.json))))
    problems.push({ setting: '--json', problem: 'must be a file in a folder that can be written to' })
  if (problems.length > 0) throw new ConfigError(problems)
}

async function canWrite(folder: string, options?: { readonly isMade: boolean }): Promise<boolean> {
  try {
    if (options?.isMade === true) await mkdir(folder, { recursive: true })
    await access(folder, constants.W_OK)
    return await isFolder(folder)
  } catch {
    return false
  }
}

async function isFolder(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
