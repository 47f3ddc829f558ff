import { expect, test } from 'vitest'
import { withoutValues } from './report-shortly.ts'

test.each([
  [
    `error: option '--seed <n>' argument 'my secret' is invalid. must be a whole number of at least 0.\n`,
    '--seed <n> must be a whole number of at least 0.',
  ],
  [`error: option '--seed <n>' argument 'my\nsecret' is invalid. must be one.`, '--seed <n> must be one.'],
  [`error: unknown option '--key=secret'\n(Did you mean --json?)`, `unknown option '--key'`],
  [`error: too many arguments for 'demo'. Expected 0 arguments but got 1: secret.`, `too many arguments for 'demo'`],
  [`error: unknown command 'secret'`, 'unknown command; wxcc --help lists them'],
  [`error: required option '--key <key>' not specified\n`, `required option '--key <key>' not specified`],
])('%j is said without the value', (text, said) => {
  expect(withoutValues(text)).toBe(said)
})
