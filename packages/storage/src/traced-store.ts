import { ATTRIBUTES, SPANS } from '@wxcc/telemetry/names'
import { inSpan } from '@wxcc/telemetry/trace'
import type { ObjectStore } from './object-store.ts'

/** The same store; reading and writing whole objects show as spans with their length. Keys are left out: they name tasks. */
export function tracedStore(store: ObjectStore): ObjectStore {
  return {
    ...store,
    put: (key, source, about) =>
      inSpan(SPANS.objectPut, { [ATTRIBUTES.byteSize]: 'file' in source ? source.byteSize : source.byteLength }, () =>
        store.put(key, source, about),
      ),
    get: (key) => inSpan(SPANS.objectGet, {}, () => store.get(key)),
    open: (key) => inSpan(SPANS.objectGet, {}, () => store.open(key)),
  }
}
