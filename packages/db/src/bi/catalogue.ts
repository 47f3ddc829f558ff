import { METRICS, type Metric } from './metrics.ts'
import type { BiView } from './view.ts'
import { BI_VIEWS } from './views.ts'
import { METRIC_VIEWS } from './views/metrics.ts'

const MADE = '<!-- Made from packages/db/src/bi by `pnpm docs:bi`; a test fails when it is stale. Do not edit. -->'

/** `docs/metrics.md`: every metric as it is computed. The formulas are the expressions of the views themselves. */
export function metricsMarkdown(): string {
  const [seed, others] = [METRICS.filter((metric) => metric.isSeed), METRICS.filter((metric) => !metric.isSeed)]
  return [
    MADE,
    '# Metrics',
    'Durations are milliseconds. Everything is counted at the moment an engagement **starts**, in the reporting time zone of its data source; agent time in the quarter hour in which it is spent. [How to read `bi`](bi.md) · [all views and columns](bi-views.md)',
    '## The nine metrics',
    'Ready-made: per day in `bi.metric_seed_daily`, per queue and quarter hour in `bi.metric_queue_interval`, per agent and day in `bi.metric_agent_daily`. Available Time belongs to agents and has no value per queue; queue and menu metrics belong to no agent.',
    ...seed.map(section),
    '## Beside them',
    ...others.map(section),
    '## Ratios',
    'A ratio of several rows is the ratio of the sums, never the average of the ratios: the views show numerator and denominator.',
    '| Ratio | View | What it is | Formula |',
    '|---|---|---|---|',
    ...METRIC_VIEWS.flatMap((view) =>
      view.columns.filter(({ comment }) => comment.includes('0-1')).map((column) => ratio(view, column)),
    ),
  ]
    .join('\n\n')
    .replaceAll('|\n\n|', '|\n|')
    .concat('\n')
}

function section(metric: Metric): string {
  return [
    `### ${metric.title}`,
    `\`${metric.name}\` — ${metric.definition}`,
    `| | |\n|---|---|\n| Grain | ${metric.grain} |\n| Unit | ${metric.unit} |\n| Over | \`bi.${metric.fact}\` |\n| Formula | \`${cell(metric.formula)}\` |`,
    `**Pitfalls.** ${metric.pitfalls}`,
    `\`\`\`sql\n${metric.example};\n\`\`\``,
  ].join('\n\n')
}

function ratio(view: BiView, column: BiView['columns'][number]): string {
  return `| \`${column.name}\` | \`bi.${view.name}\` | ${cell(column.comment)} | \`${cell(column.sql)}\` |`
}

/** `docs/bi-views.md`: every view and column, as their comments in the database say. */
export function viewsMarkdown(): string {
  return [
    MADE,
    '# Views of schema `bi`',
    'The same texts stand in the database as comments, where BI tools show them. [How to read `bi`](bi.md) · [metrics](metrics.md)',
    [
      '| View | One row per | |',
      '|---|---|---|',
      ...BI_VIEWS.map((view) => `| [${view.name}](#${view.name}) | ${view.grain} | ${cell(view.comment)} |`),
    ].join('\n'),
    ...BI_VIEWS.map((view) =>
      [
        `## ${view.name}`,
        view.comment,
        [
          '| Column | |',
          '|---|---|',
          ...view.columns.map((column) => `| \`${column.name}\` | ${cell(column.comment)} |`),
        ].join('\n'),
      ].join('\n\n'),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

/** One line, without what would end a table's cell. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|')
}
