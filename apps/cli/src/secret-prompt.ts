import password from '@inquirer/password'
import { z } from 'zod'

/** Secrets come from the environment or are asked for; never an argument: those are visible to others. Without a terminal they must be set. */
export function secretSettings() {
  const secret = process.stdin.isTTY ? z.string().optional() : z.string()
  return { WEBEX_CLIENT_SECRET: secret, WEBEX_REFRESH_TOKEN: secret }
}

/** Asks on the terminal, without showing what is typed. */
export function askSecret(question: string): Promise<string> {
  return password({ message: question, mask: true })
}
