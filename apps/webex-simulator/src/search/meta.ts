/** The description of the Search API that `GET /search/v2/meta` gives (webex-cc-api §3.13), made from the same table as the schema. */
import { NUMERIC, ROOTS } from './field-table.ts'
import type { Field, LeafType, Root, RootName } from './field-table.ts'
import { toTree } from './tree.ts'
import type { Tree } from './tree.ts'

interface TypeOf {
  readonly name: string | null
  readonly kind: 'OBJECT' | 'SCALAR' | 'ENUM' | 'LIST'
  readonly ofType?: TypeOf
}

export interface DescribedField {
  readonly name: string
  readonly deprecated: boolean
  readonly type: TypeOf
  readonly systemField: boolean
  readonly description: string
  /** Of objects and queries. */
  readonly fields?: readonly DescribedField[]
  readonly sortable?: boolean
  /** Usable in any query, with activities only, or with records only. */
  readonly fieldType?: 'COMMON' | 'GRANULAR' | 'SUMMARY'
  /** Argument that filters by it; absent: none does. */
  readonly filter?: 'filter' | 'extFilter'
  readonly groupBy?: boolean
  readonly aggregation?: {
    readonly aggregationType: 'SUMMARY' | 'GRANULAR'
    readonly operations: readonly string[]
  }
}

/** Fields of the record that may stand beside its activities (webex-cc-api §3.10.2, §3.10.4). */
const BESIDE_ACTIVITIES: Readonly<Record<RootName, ReadonlySet<string>>> = {
  taskDetails: new Set(
    'id channelType channelSubType isOutdial routingType isEmailSent emailToList emailCcList emailReplyTo emailBccList origin destination matchedSkillsProfile preferredAgentName'.split(
      ' ',
    ),
  ),
  task: new Set(),
  taskLegDetails: new Set(),
  agentSession: new Set(
    'agentId agentName agentSessionId userLoginId siteId siteName teamId teamName channelInfo.channelId channelInfo.channelType channelInfo.agentPhoneNumber channelInfo.subChannelType'.split(
      ' ',
    ),
  ),
}

const COUNTING = ['count', 'cardinality']
const ARITHMETIC = ['sum', 'average', 'min', 'max']

/** Names of the vendor's types where they are known; the others are scalars of the same name. */
const TYPE_NAMES: Partial<Record<LeafType, TypeOf>> = {
  ChannelType: { name: 'String', kind: 'SCALAR' },
  AgentState: { name: 'AgentState', kind: 'ENUM' },
}

/** `lastQueueName` said in words, for want of the vendor's own. */
function inWords(path: string): string {
  const words = path
    .replaceAll('.', ' ')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}

function describeLeaf(root: Root, name: string, field: Field): DescribedField {
  const isActivity = root.lists.length > 0 && field.depth === root.lists.length
  const recordType = isActivity ? 'GRANULAR' : 'SUMMARY'
  return {
    name,
    deprecated: false,
    type: TYPE_NAMES[field.type] ?? { name: field.type, kind: 'SCALAR' },
    systemField: false,
    sortable: field.canSort,
    fieldType: BESIDE_ACTIVITIES[root.name].has(field.path) ? 'COMMON' : recordType,
    ...(field.canFilter ? { filter: field.depth > root.filterDepth ? 'extFilter' : 'filter' } : {}),
    groupBy: field.canGroup,
    description: inWords(field.path),
    ...(field.canAggregate
      ? {
          aggregation: {
            aggregationType: recordType,
            operations: NUMERIC.has(field.type) ? [...COUNTING, ...ARITHMETIC] : COUNTING,
          },
        }
      : {}),
  }
}

function describe(root: Root, name: string, path: string, node: Tree): DescribedField {
  if (node.field !== undefined) return describeLeaf(root, name, node.field)
  const type: TypeOf = { name: name.charAt(0).toUpperCase() + name.slice(1), kind: 'OBJECT' }
  return {
    name,
    deprecated: false,
    type: root.lists.includes(path) ? { name: null, kind: 'LIST', ofType: type } : type,
    systemField: false,
    description: inWords(path),
    fields: [...node.children].map(([key, child]) => describe(root, key, `${path}.${key}`, child)),
  }
}

const RECORDS: Readonly<Record<RootName, readonly [type: string, description: string]>> = {
  taskDetails: ['TaskDetails', 'Contacts with the steps they went through.'],
  task: ['Task', 'Contacts, by the older name.'],
  taskLegDetails: ['TaskLegDetails', 'The legs of contacts, one for each queue.'],
  agentSession: ['AgentSession', 'Logins of agents with the states of their channels.'],
}

/** Body of the answer. */
export function describeSearch(): { readonly queries: readonly DescribedField[] } {
  return {
    queries: Object.values(ROOTS).map((root) => ({
      name: root.name,
      deprecated: false,
      type: { name: RECORDS[root.name][0], kind: 'OBJECT' },
      systemField: false,
      description: RECORDS[root.name][1],
      fields: [...toTree(root.fields.values()).children].map(([key, node]) => describe(root, key, key, node)),
    })),
  }
}
