import { AGENTS } from './agents.ts'
import { DATA_QUALITY } from './data-quality.ts'
import { type Choice, type Dashboard, DATA_SOURCE, type Panel, SOURCE } from './panel.ts'
import { QUEUES } from './queues.ts'
import { SELF_SERVICE } from './self-service.ts'

export const DASHBOARDS: readonly Dashboard[] = [QUEUES, AGENTS, SELF_SERVICE, DATA_QUALITY]

/** Grafana's grid is 24 wide. */
const WIDTH = 24
const HEIGHT = { tile: 4, series: 9, stacked: 9, table: 10 } as const
const TYPE = { tile: 'stat', series: 'timeseries', stacked: 'timeseries', table: 'table' } as const

/** A dashboard as Grafana's file provider reads it: JSON text, the same for the same dashboard. */
export function dashboardJson(dashboard: Dashboard): string {
  let top = 0
  const panels = dashboard.rows.flatMap((row, rowIndex) => {
    const height = Math.max(...row.map(({ kind }) => HEIGHT[kind]))
    const width = WIDTH / row.length
    const drawn = row.map((panel, index) => ({
      id: rowIndex * 10 + index + 1,
      gridPos: { x: index * width, y: top, w: width, h: height },
      ...drawnPanel(panel),
    }))
    top += height
    return drawn
  })
  const json = {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['wxcc'],
    schemaVersion: 41,
    editable: true,
    timezone: 'browser',
    time: { from: 'now-7d/d', to: 'now' },
    refresh: '5m',
    links: [{ type: 'dashboards', tags: ['wxcc'], title: 'wxcc', asDropdown: true, includeVars: true, keepTime: true }],
    templating: { list: [variable(SOURCE, false), ...dashboard.choices.map((choice) => variable(choice, true))] },
    panels,
  }
  return `${JSON.stringify(json, undefined, 2)}\n`
}

function drawnPanel(panel: Panel): object {
  const isTile = panel.kind === 'tile'
  return {
    type: TYPE[panel.kind],
    title: panel.title,
    description: panel.description,
    datasource: DATA_SOURCE,
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        ...(panel.unit === 'percentunit' ? { decimals: 1 } : {}),
        ...(panel.kind === 'stacked'
          ? { custom: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 0, stacking: { mode: 'normal', group: 'A' } } }
          : {}),
      },
      overrides: Object.entries(panel.units ?? {}).map(([column, unit]) => ({
        matcher: { id: 'byName', options: column },
        properties: [{ id: 'unit', value: unit }],
      })),
    },
    options: isTile ? { reduceOptions: { calcs: ['lastNotNull'], values: false, fields: '' }, colorMode: 'none' } : {},
    targets: [
      {
        refId: 'A',
        datasource: DATA_SOURCE,
        editorMode: 'code',
        rawQuery: true,
        format: panel.kind === 'series' || panel.kind === 'stacked' ? 'time_series' : 'table',
        rawSql: panel.sql,
      },
    ],
  }
}

function variable(choice: Choice, isMany: boolean): object {
  return {
    type: 'query',
    name: choice.name,
    label: choice.label,
    datasource: DATA_SOURCE,
    query: choice.sql,
    definition: choice.sql,
    // Again whenever the time shown changes: new members appear while a dashboard is open.
    refresh: 2,
    sort: 0,
    multi: isMany,
    includeAll: isMany,
    ...(isMany ? { current: { text: ['All'], value: ['$__all'] } } : {}),
  }
}
