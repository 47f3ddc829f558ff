import type { Command } from 'commander'

/**
 * commander's complaints in the form of ours: one line that names the option, without the value that was given, since a secret may have been
 * pasted in the wrong place. commander ends the process with code 1 after them.
 */
export function reportShortly(command: Command): void {
  command.configureOutput({ outputError: (text, write) => write(`wxcc-cli: ${withoutValues(text)}\n`) })
  for (const verb of command.commands) reportShortly(verb)
}

/** As commander 15 words its errors. */
export function withoutValues(text: string): string {
  return text
    .replace(/^error: /, '')
    .replace(/^option '(-.*?)' argument '.*' is invalid\. /s, '$1 ')
    .replace(/^unknown option '(-[^=']*).*/s, "unknown option '$1'")
    .replace(/^(too many arguments.*?)\. Expected.*/s, '$1')
    .replace(/^unknown command .*/s, 'unknown command; wxcc --help lists them')
    .trim()
}
