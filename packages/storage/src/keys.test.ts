import { expect, test } from 'vitest'
import { rawPageKey, recordingKey, transcriptKey } from './keys.ts'
import { checkKey } from './object-store.ts'

const capture = {
  sourceKey: 'acme',
  conversationStartMs: Date.UTC(2025, 1, 6, 23, 59),
  taskId: 'c0ffee00-1',
  captureId: 'rec-12',
}

test('a raw page names its origin, day, fetch, generation, kind and number', () => {
  const page = {
    sourceKey: 'acme',
    stream: 'task',
    fromMs: Date.UTC(2025, 1, 6),
    fetchId: 42,
    generation: 3,
    recordKind: 'csr',
    pageNo: 7,
  }
  expect(rawPageKey(page)).toBe('raw/acme/task/2025/02/06/42-g3/csr-p0007.json.gz')
})

test('captures lie under the day their conversation began', () => {
  expect(recordingKey(capture)).toBe('recording/acme/2025/02/06/c0ffee00-1/rec-12.wav')
  expect(transcriptKey(capture)).toBe('transcript/acme/2025/02/06/c0ffee00-1/rec-12.json')
})

test.each(['../../etc', 'AXW8/OBN1', 'a b', 'übung'])(
  'the vendor id %j makes a key that every store accepts',
  (taskId) => {
    const key = recordingKey({ ...capture, taskId })
    expect(checkKey(key)).toBe(key)
    expect(key.split('/')).toHaveLength(7)
  },
)
