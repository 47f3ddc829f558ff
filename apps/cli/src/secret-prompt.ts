import password from '@inquirer/password'
import { ConfigError } from '@wxcc/runtime/load-config'

/** A secret from the environment, else asked for on the terminal without showing it. Never an argument: those are visible to others. */
export async function readSecret(setting: string, question: string): Promise<string> {
  const given = process.env[setting]
  if (given !== undefined && given.trim() !== '') return given
  if (!process.stdin.isTTY)
    throw new ConfigError([{ setting, problem: 'is not set, and there is no terminal to ask on' }])
  return password({ message: question, mask: true })
}
