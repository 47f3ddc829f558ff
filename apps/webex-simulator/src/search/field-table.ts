/**
 * Which fields the Search API has and what each may be used for, from one table: `fields.json`, one line a field, `"<type> <flags>"`.
 * Flags: `a` aggregate, `g` group by, `f` filter, `s` sort. Source: the vendor's published data dictionaries (CSR, CAR, ASR, AAR, CLR; edition
 * of October 2025), plus fields that working public queries use (`owner`, `sentiment`, the scores, `queueDuration` and `consultCount` of legs).
 * TASK is the older root `task`: the fields its type has left, in its own spelling (`metaData`), usable as those of CSR.
 */
import table from './fields.json' with { type: 'json' }

export type LeafType = 'String' | 'Int' | 'Long' | 'Float' | 'Boolean' | 'JSON' | 'ChannelType' | 'AgentState'
export type RootName = 'taskDetails' | 'task' | 'taskLegDetails' | 'agentSession'

export interface Field {
  /** Dotted path from the record, e.g. `activities.nodes.eventName`. */
  readonly path: string
  readonly type: LeafType
  readonly canAggregate: boolean
  readonly canGroup: boolean
  readonly canFilter: boolean
  readonly canSort: boolean
  /** How many lists lie above it: 0 the record, 1 its channel or activity, 2 an activity of a channel. */
  readonly depth: number
  /** Keys from the element at that depth down to the value. */
  readonly keys: readonly string[]
}

export interface Root {
  readonly name: RootName
  readonly listField: 'tasks' | 'taskLegs' | 'agentSessions'
  /** Paths of the lists inside a record, outermost first. */
  readonly lists: readonly string[]
  /** List that `activities(first:, after:)` pages, if the root has one. */
  readonly activityList: string | undefined
  /** Timestamp of an activity: order and cursor of inner paging. */
  readonly activityTime: 'createdTime' | 'startTime'
  readonly recordTime: 'createdTime' | 'startTime'
  readonly pageSize: number
  /** Records over all pages of one raw query; the vendor names no limit for sessions. */
  readonly maxRecords: number
  /** Depth up to which `filter` reaches; `extFilter` takes what lies deeper. */
  readonly filterDepth: number
  readonly fields: ReadonlyMap<string, Field>
  /** Lists of objects that answers of 2021 carried and no dictionary has any more: a query may name them, the answer is null. */
  readonly retired: Readonly<Record<string, readonly string[]>>
}

const LEAF_TYPES: ReadonlySet<string> = new Set<LeafType>([
  'String',
  'Int',
  'Long',
  'Float',
  'Boolean',
  'JSON',
  'ChannelType',
  'AgentState',
])

function isLeafType(text: string): text is LeafType {
  return LEAF_TYPES.has(text)
}

type Layer = readonly [prefix: string, fields: Readonly<Record<string, string>>]

function readFields(lists: readonly string[], layers: readonly Layer[]): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [prefix, entries] of layers) {
    for (const [name, spec] of Object.entries(entries)) {
      const path = prefix + name
      const [type = '', flags = ''] = spec.split(' ')
      if (!isLeafType(type)) throw new Error(`fields.json: ${path} has no known type`)
      const depth = lists.filter((list) => path.startsWith(`${list}.`)).length
      const above = lists[depth - 1]
      fields.set(path, {
        path,
        type,
        canAggregate: flags.includes('a'),
        canGroup: flags.includes('g'),
        canFilter: flags.includes('f'),
        canSort: flags.includes('s'),
        depth,
        keys: (above === undefined ? path : path.slice(above.length + 1)).split('.'),
      })
    }
  }
  return fields
}

const TASK_LISTS = ['activities.nodes']
const SESSION_LISTS = ['channelInfo', 'channelInfo.activities.nodes']

const task = {
  listField: 'tasks',
  activityTime: 'createdTime',
  recordTime: 'createdTime',
  pageSize: 250,
  maxRecords: 100_000,
  filterDepth: 0,
  retired: {},
} as const

export const ROOTS: Readonly<Record<RootName, Root>> = {
  taskDetails: {
    ...task,
    name: 'taskDetails',
    retired: {
      queues: ['id', 'name', 'duration'],
      teams: ['id', 'name'],
      sites: ['id', 'name'],
      contributors: ['id', 'name'],
    },
    lists: TASK_LISTS,
    activityList: 'activities',
    fields: readFields(TASK_LISTS, [
      ['', table.CSR],
      ['activities.nodes.', table.CAR],
    ]),
  },
  task: { ...task, name: 'task', lists: [], activityList: undefined, fields: readFields([], [['', table.TASK]]) },
  taskLegDetails: {
    ...task,
    name: 'taskLegDetails',
    listField: 'taskLegs',
    lists: [],
    activityList: undefined,
    pageSize: 500,
    fields: readFields([], [['', table.CLR]]),
  },
  agentSession: {
    name: 'agentSession',
    listField: 'agentSessions',
    lists: SESSION_LISTS,
    activityList: 'channelInfo.activities',
    activityTime: 'startTime',
    recordTime: 'startTime',
    pageSize: 250,
    maxRecords: Number.POSITIVE_INFINITY,
    filterDepth: 1,
    retired: {},
    fields: readFields(SESSION_LISTS, [
      ['', table.ASR],
      ['channelInfo.activities.nodes.', table.AAR],
    ]),
  },
}

export const NUMERIC: ReadonlySet<LeafType> = new Set<LeafType>(['Int', 'Long', 'Float'])
