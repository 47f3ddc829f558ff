import { expect, test } from 'vitest'
import { isSameStorage, namedAttachments } from './attachments.ts'

test('a list of messages: links, bytes and mere names, each once', () => {
  const photo = { id: 'a', fileName: 'photo.png', contentType: 'image/png', sizeBytes: 3 }
  const messages = [
    { id: '1', text: 'see', attachments: [photo, { id: 'b', contentType: 'text/plain', data: 'aGVsbG8=' }] },
    { id: '2', email: { attachments: [{ filePath: 'https://storage.example/c' }] } },
    { id: '3', text: 'again', attachments: [photo] },
  ]
  expect(namedAttachments(messages)).toEqual([
    { id: 'a', contentType: 'image/png', bytes: null, url: null },
    { id: 'b', contentType: 'text/plain', bytes: Buffer.from('hello'), url: null },
    { id: '1.email.0', contentType: null, bytes: null, url: 'https://storage.example/c' },
  ])
})

test('text is not taken for bytes, and a transcript without any has none', () => {
  expect(namedAttachments({ attachments: [{ id: 'a', content: 'two words' }] })[0]!.bytes).toBeNull()
  expect(namedAttachments({ responseContents: [] })).toEqual([])
})

test.each([
  { url: 'https://storage.example/b?X-Amz-Signature=1', isSame: true },
  { url: 'https://other.example/b', isSame: false },
  { url: 'http://storage.example/b', isSame: false },
  { url: 'http://169.254.169.254/latest', isSame: false },
  { url: 'file:///etc/passwd', isSame: false },
  { url: 'photo.png', isSame: false },
])('$url is asked: $isSame', ({ url, isSame }) => {
  expect(isSameStorage(url, 'https://storage.example/t.json?X-Amz-Signature=2')).toBe(isSame)
})
