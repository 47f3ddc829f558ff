import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openS3Store } from './s3-store.ts'

/** Notes what an S3 is asked to do with its bucket; `refuses` is answered with 501, as servers answer what they do not know. */
async function notingServer(given: { readonly hasBucket: boolean; readonly refuses?: string }) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const locks = request.headers['x-amz-bucket-object-lock-enabled'] === 'true' ? ' locked' : ''
      asked.push(`${request.method} ${request.url}${locks} ${body}`.trim())
      if (given.refuses !== undefined && request.url!.includes(given.refuses)) {
        const xml = '<Error><Code>NotImplemented</Code><Message>no</Message></Error>'
        return void response.writeHead(501, { 'content-type': 'application/xml' }).end(xml)
      }
      response.writeHead(request.method === 'HEAD' && !given.hasBucket ? 404 : 200).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const settings = { endpoint, accessKey: 'key', secretKey: 'secret', bucket: 'custody', region: 'us-east-1' }
  return { settings, asked }
}

test('encryption, lock and expiry are asked of a new bucket', async () => {
  const { settings, asked } = await notingServer({ hasBucket: false })
  const encryption = { algorithm: 'aws:kms', keyId: 'key-1' } as const
  const options = { encryption, lock: { days: 30, mode: 'COMPLIANCE' }, expireDays: 400 } as const
  await openS3Store({ ...settings, options })
  const [, created, encrypted, locked, expiring] = asked
  expect(created).toMatch(/^PUT \/custody\/? locked/)
  expect(encrypted).toMatch(/\?encryption .*<SSEAlgorithm>aws:kms<.*<KMSMasterKeyID>key-1</)
  expect(locked).toMatch(/\?object-lock .*<Mode>COMPLIANCE<\/Mode><Days>30</)
  expect(expiring).toMatch(/\?lifecycle .*<Prefix>recording\/<.*<Days>400</)
  expect(expiring).not.toContain('raw')
})

test('a bucket that is there is asked for nothing unless options say so', async () => {
  const { settings, asked } = await notingServer({ hasBucket: true })
  await openS3Store(settings)
  expect(asked).toEqual(['HEAD /custody'])
})

test('a server that cannot encrypt is not written to', async () => {
  const { settings } = await notingServer({ hasBucket: true, refuses: 'encryption' })
  const opened = openS3Store({ ...settings, options: { encryption: { algorithm: 'AES256' } } })
  await expect(opened).rejects.toThrow(/S3_ENCRYPTION was refused: NotImplemented/)
})

test('a missing bucket is not created against the setting', async () => {
  const { settings, asked } = await notingServer({ hasBucket: false })
  await expect(openS3Store({ ...settings, options: { isCreated: false } })).rejects.toThrow('no such bucket')
  expect(asked).toEqual(['HEAD /custody'])
})
