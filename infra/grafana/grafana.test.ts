import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DCLinter } from 'dclint'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ComposeFile, ROOT, compose, variablesOf } from '../compose-file.ts'
import { DASHBOARDS, dashboardJson } from './dashboard-json.ts'
import { DATA_SOURCE } from './panel.ts'

const FOLDER = path.join(ROOT, 'infra/grafana')
const read = (name: string) => readFileSync(path.join(FOLDER, name), 'utf8')
const composeText = read('compose.yaml')
const file = parse(composeText) as ComposeFile
const service = file.services.grafana!

/** Where a file of ours is in the container. */
const mounted = new Map(
  (service.volumes ?? []).map((volume) => {
    const [from = '', to = ''] = volume.split(':')
    return [from, to]
  }),
)

test('the files that Grafana reads are the ones that these dashboards make', () => {
  const written = readdirSync(path.join(FOLDER, 'dashboards')).toSorted()
  expect(written).toEqual(DASHBOARDS.map(({ uid }) => `${uid}.json`).toSorted())
  for (const dashboard of DASHBOARDS)
    expect(JSON.parse(read(`dashboards/${dashboard.uid}.json`))).toEqual(JSON.parse(dashboardJson(dashboard)))
})

test.each(DASHBOARDS)('$title says at its first place how far the data is complete', ({ rows }) => {
  expect(rows[0]?.[0]?.title).toMatch(/complete until$/)
})

test.each(DASHBOARDS)('$title asks schema bi, and nothing else', ({ rows, choices }) => {
  const texts = [...rows.flat(), ...choices].map(({ sql }) => sql)
  const relations = texts.flatMap((text) =>
    [...text.matchAll(/(?<!epoch )\b(?:from|join)\s+([\w.]+)/g)].map(([, name]) => name!),
  )
  expect(relations.length).toBeGreaterThan(0)
  expect(relations.filter((name) => !name.startsWith('bi.'))).toEqual([])
})

test('the data source is provisioned under the name that panels use, with settings that the container gets', () => {
  const text = read('provisioning/datasources/wxcc.yaml')
  const { datasources } = parse(text) as { datasources: { uid: string; type: string }[] }
  expect(datasources.map(({ uid, type }) => ({ uid, type }))).toEqual([DATA_SOURCE])
  const wanted = [...text.matchAll(/\$(BI_\w+)/g)].map(([, name]) => name!)
  expect(wanted.toSorted()).toEqual(
    Object.keys(service.environment ?? {})
      .filter((name) => name.startsWith('BI_'))
      .toSorted(),
  )
})

test('the dashboards are looked for where their folder is', () => {
  const { providers } = parse(read('provisioning/dashboards/wxcc.yaml')) as {
    providers: { options: { path: string } }[]
  }
  expect(providers.map(({ options }) => options.path)).toEqual([mounted.get('./infra/grafana/dashboards')])
  expect(mounted.get('./infra/grafana/provisioning')).toBe('/etc/grafana/provisioning')
})

test('compose.yaml is pinned, keeps to this machine, waits for the views and asks for its secrets', () => {
  const linter = new DCLinter({
    quiet: true,
    debug: false,
    exclude: [],
    rules: { 'service-keys-order': 0, 'require-project-name-field': 0 },
  })
  const linted = linter.lintFiles([path.join(FOLDER, 'compose.yaml')], false) as unknown as { messages: unknown[] }[]
  expect(linted.flatMap(({ messages }) => messages)).toEqual([])
  expect(service.image).toMatch(/:\d+\.\d+\.\d+$/)
  expect(service.restart).toBe('unless-stopped')
  expect((service.ports ?? []).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  expect(Object.keys(service.depends_on ?? {}).filter((name) => !(name in compose.services))).toEqual([])
  const required = variablesOf(composeText).filter(({ kind }) => kind === 'required')
  expect(required.map(({ name }) => name)).toEqual(['GRAFANA_PASSWORD', 'BI_PASSWORD'])
})
