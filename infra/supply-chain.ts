import { spawnSync } from 'node:child_process'

/** Licences under which all that we use may be used and handed on with an Apache-2.0 product. */
const LICENSES = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  // Of single files, which we use as they are: a style sheet compiler of the test runner.
  'MPL-2.0',
])
/** Their package.json names no licence; their texts, read on 2026-11-23, are MIT. Both belong to an S3 server of the tests. */
const READ_BY_HAND = new Set(['humanize-number', 'only'])

interface Listed {
  readonly name: string
  readonly versions: readonly string[]
}

/** `pnpm supply-chain`: every licence is one of the above, and no dependency has a known vulnerability, as far as the registry tells. */
const refused = await refusedLicenses()
for (const line of refused) console.error(line)
const vulnerable = audit()
if (refused.length > 0 || vulnerable) process.exitCode = 1

async function refusedLicenses(): Promise<string[]> {
  const { stdout } = pnpm('licenses', 'list', '--recursive', '--json')
  const byLicense = Object.entries(JSON.parse(stdout) as Record<string, readonly Listed[]>)
  const packages = byLicense.reduce((sum, [, list]) => sum + list.length, 0)
  if (packages === 0) throw new Error('no dependency was listed')
  console.log(`${packages} packages, ${byLicense.length} licences`)
  return byLicense.flatMap(([license, list]) =>
    isAccepted(license)
      ? []
      : list
          .filter(({ name }) => !READ_BY_HAND.has(name))
          .map(({ name, versions }) => `${name}@${versions.join(', ')}: ${license}`),
  )
}

/** Of alternatives one is enough. */
function isAccepted(license: string): boolean {
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((one) => LICENSES.has(one))
}

/** True when a dependency that we ship has a known vulnerability. A registry without such a list is told, and does not pass as an answer. */
function audit(): boolean {
  const { status, stdout, stderr } = pnpm('audit', '--prod', '--json')
  try {
    const { metadata } = JSON.parse(stdout) as { metadata?: { vulnerabilities?: Record<string, number> } }
    const counts = metadata?.vulnerabilities
    if (counts !== undefined) {
      console.log(`known vulnerabilities: ${JSON.stringify(counts)}`)
      return status !== 0
    }
  } catch {
    // No JSON: the registry refused, below.
  }
  const reason = /responded with (\d+)/.exec(`${stdout} ${stderr}`)?.[1] ?? 'no answer'
  console.error(`NOT CHECKED: known vulnerabilities, because this registry offers no list of them (${reason})`)
  return process.env['REQUIRE_AUDIT'] === '1'
}

function pnpm(...args: string[]) {
  return spawnSync('npx', ['-y', 'pnpm@12', ...args], { encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 })
}
