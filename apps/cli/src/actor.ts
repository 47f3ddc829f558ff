import os from 'node:os'

/** Who runs this command, for the audit: the account's name, or its number where it has none (containers). */
export function actorHere(): string {
  try {
    return os.userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
