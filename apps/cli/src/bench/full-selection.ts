import type { MeasuredSimulator } from './measured-simulator.ts'

interface TypeReference {
  readonly name: string | null
  readonly kind: string
  readonly ofType?: TypeReference | null
}

interface SchemaField {
  readonly name: string
  readonly args: readonly { readonly name: string }[]
  readonly type: TypeReference
}

interface SchemaType {
  readonly name: string
  readonly fields: readonly SchemaField[] | null
}

const ASK = `{ schema: __schema { types { name fields(includeDeprecated: false) { name args(includeDeprecated: false) { name } type { name kind ofType { name kind ofType { name kind } } } } } } }`

/** Members of an answer that belong to aggregations. */
const NOT_OF_RECORDS = new Set(['aggregation', 'intervalStartTime', 'pageInfo'])

/** Every field a task has, and every field of its activities, as the server's own schema names them: the most a page can be asked for. */
export interface FullSelection {
  readonly csr: string
  readonly car: string
  /** How many fields of a CSR that is, nested ones each. */
  readonly csrFields: number
}

export async function fullTaskSelection(simulator: MeasuredSimulator): Promise<FullSelection> {
  const { text } = await simulator.search(ASK, {})
  const { data } = JSON.parse(text) as { data: { schema: { types: readonly SchemaType[] } } }
  const types = new Map(data.schema.types.map((type) => [type.name, type.fields ?? []]))
  const task = types.get('TaskDetails') ?? []
  const csr = selectionOf(
    task.filter(({ name }) => name !== 'activities'),
    types,
  )
  const car = selectionOf(
    task.filter(({ name }) => name === 'id' || name === 'activities'),
    types,
  )
  return { csr, car, csrFields: csr.replaceAll(/\([^)]*\)|\w+(?=\s*\{)/g, '').match(/\w+/g)!.length }
}

function nameOf(type: TypeReference): string {
  return type.ofType ? nameOf(type.ofType) : (type.name ?? '')
}

function selectionOf(all: readonly SchemaField[], types: ReadonlyMap<string, readonly SchemaField[]>): string {
  return all
    .filter(({ name }) => !NOT_OF_RECORDS.has(name))
    .map(({ name, args, type }) => {
      const takes = (argument: string) => args.some((one) => one.name === argument)
      const given = takes('first') ? '(first: 100)' : takes('name') ? '(name: "Language")' : ''
      const inner = selectionOf(types.get(nameOf(type)) ?? [], types)
      return inner === '' ? name : `${name}${given} { ${inner} }`
    })
    .join(' ')
}
