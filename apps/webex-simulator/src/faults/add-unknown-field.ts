import { isRecord } from '../json.ts'
import type { FaultOf } from './fault.ts'

/** The same body with one more member in every row: of the lists inside `data` of a Search answer, or of the list `data` of a REST answer. */
export function addUnknownField(payload: string | Buffer, { name, value }: FaultOf<'unknownField'>): string | Buffer {
  const body = parse(payload)
  if (!isRecord(body)) return payload
  const { data } = body
  if (Array.isArray(data)) return JSON.stringify({ ...body, data: data.map(grown) })
  if (!isRecord(data)) return payload
  const roots = Object.entries(data).map(([root, answer]) => [root, isRecord(answer) ? withGrownLists(answer) : answer])
  return JSON.stringify({ ...body, data: Object.fromEntries(roots) })

  function grown(row: unknown): unknown {
    return isRecord(row) ? { ...row, [name]: value } : row
  }
  function withGrownLists(answer: object): object {
    const members = Object.entries(answer).map(([key, inner]) => [key, Array.isArray(inner) ? inner.map(grown) : inner])
    return Object.fromEntries(members) as object
  }
}

function parse(payload: string | Buffer): unknown {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return undefined
  }
}
