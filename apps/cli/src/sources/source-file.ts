import { readFile } from 'node:fs/promises'
import { DATA_CENTERS } from '@wxcc/connection/data-centers'
import { TASK_LEGS } from '@wxcc/db/data-source'
import { ConfigError } from '@wxcc/runtime/load-config'
import { parse } from 'yaml'
import { z } from 'zod'
import { timeZone } from '../option-parsers.ts'

/** Where a secret is read from; never the secret itself, so that the file may lie in a repository. */
const secretReference = z.union(
  [z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })],
  'must be {env: NAME} or {file: PATH}, never the secret itself',
)
type SecretReference = z.infer<typeof secretReference>

const httpUrl = z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' })

const sourceEntry = z
  .strictObject({
    key: z.string().regex(/^[a-z0-9_]{1,40}$/, 'must be 1 to 40 of a-z, 0-9 and _'),
    name: z.string().min(1).max(200).optional(),
    organization: z.uuid().toLowerCase(),
    dataCenter: z.enum(DATA_CENTERS).default('us1'),
    state: z.enum(['active', 'paused']).default('active'),
    /** Where a new source begins; of a known one it stays as it is. */
    loadFrom: z.coerce.date().optional(),
    timeZone: z.string().refine(isTimeZone, 'must be a time zone such as Europe/Prague').default('UTC'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be two capital letters such as GB')
      .optional(),
    reviews: z.boolean().default(false),
    taskLegs: z.enum(TASK_LEGS).default('ask'),
    budgetShare: z.number().min(0.05).max(1).default(1),
    clientId: z.string().min(1),
    clientSecret: secretReference,
    /** Used for a new source, and for one whose consent was lost: what the vendor rotated since is kept. */
    refreshToken: secretReference,
    apiUrl: httpUrl.optional(),
    tokenUrl: httpUrl.optional(),
  })
  .readonly()

/** One source as the file wants it. */
export type SourceEntry = z.infer<typeof sourceEntry>

const sourceFile = z
  .strictObject({ sources: z.array(sourceEntry) })
  .refine(({ sources }) => new Set(sources.map(({ key }) => key)).size === sources.length, 'a key comes twice')
  .refine(
    ({ sources }) => new Set(sources.map(({ organization }) => organization)).size === sources.length,
    'an organization comes twice',
  )
  // The share belongs to the client id, whichever source names it.
  .refine(
    ({ sources }) =>
      sources.every(({ clientId, budgetShare }) =>
        sources.every((other) => other.clientId !== clientId || other.budgetShare === budgetShare),
      ),
    'must have one budgetShare for one clientId',
  )

/** The sources a YAML (or JSON) file names. Throws a `ConfigError` with every mistake, by place and never by value. */
export async function readSourceFile(file: string): Promise<readonly SourceEntry[]> {
  const read = sourceFile.safeParse(parsed(await textOf(file, '--file')))
  if (read.success) return read.data.sources
  throw new ConfigError(
    read.error.issues.map(({ path, message, code }) => ({
      setting: `--file: ${path.join('.') || 'the file'}`,
      problem: code === 'unrecognized_keys' ? 'has a member that is not known here' : wordsOf(message),
    })),
  )
}

/** The secret a reference names. Throws a `ConfigError` when it is not there or empty. */
export async function readSecret(
  reference: SecretReference,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const isEnv = 'env' in reference
  const secret = isEnv ? (env[reference.env] ?? '') : await textOf(reference.file, 'the file of a secret')
  if (secret.trim() === '')
    throw new ConfigError([
      { setting: isEnv ? reference.env : 'the file of a secret', problem: isEnv ? 'is not set' : 'is empty' },
    ])
  return secret.trim()
}

async function textOf(file: string, setting: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new ConfigError([{ setting, problem: 'cannot be read' }])
  }
}

/** A parser's message shows the line, which may hold what should not be there. */
function parsed(text: string): unknown {
  try {
    return parse(text) as unknown
  } catch {
    throw new ConfigError([{ setting: '--file', problem: 'is not YAML' }])
  }
}

/** zod's own words show what was given where they quote it. */
function wordsOf(message: string): string {
  return message.startsWith('must ') || message.endsWith('twice') ? message : 'is missing or of another kind'
}

function isTimeZone(name: string): boolean {
  try {
    return timeZone(name) !== ''
  } catch {
    return false
  }
}
