import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { storeContract } from './contract.testing.ts'
import { openS3Store } from './s3-store.ts'
import { hasSwift, startSwift } from './swift.testing.ts'

if (!hasSwift()) {
  console.warn(
    'NOT SEEN: the object store on an S3 that checks signatures. Install swift-proxy, swift-account, swift-container, swift-object.',
  )
  test('was not seen on an S3 that checks signatures: install Debian’s Swift (required with REQUIRE_ALL=1)', () => {
    expect(process.env['REQUIRE_ALL'], 'there is no Swift').not.toBe('1')
  })
} else {
  describe('Debian’s Swift with s3api', () => {
    let swift: Awaited<ReturnType<typeof startSwift>>
    const bucket = `custody-${randomUUID().slice(0, 8)}`
    beforeAll(async () => {
      swift = await startSwift()
    })
    afterAll(() => swift?.stop())
    const settings = () => ({ ...swift.settings, bucket })
    const bytes = Buffer.from('said and written')
    const about = { contentType: 'audio/wav', sha256: createHash('sha256').update(bytes).digest() }

    storeContract('Swift', () => openS3Store(settings()))

    test('a wrong secret is refused, and neither key nor secret is told', async () => {
      const refused = await openS3Store({ ...settings(), secretKey: 'not-the-secret' }).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'storage_unavailable' })
      expect(String(refused)).not.toMatch(/secret|tester/)
    })

    test('a link opens its object and no other, for as long as it was given', async () => {
      const store = await openS3Store({ ...settings(), linkEndpoint: swift.settings.endpoint })
      await store.put('recording/a', bytes, about)
      await store.put('recording/b', bytes, about)
      const link = (await store.link('recording/a', 60))!
      expect(await (await fetch(link)).text()).toBe('said and written')
      expect((await fetch(link.replace('recording/a', 'recording/b'))).status).toBe(403)
      expect((await fetch(link.replace('X-Amz-Expires=60', 'X-Amz-Expires=600'))).status).toBe(403)
      expect((await fetch(link.split('?')[0]!)).ok).toBe(false)
    })

    test('a server without encryption is not written to when it is wanted', async () => {
      const opened = openS3Store({ ...settings(), options: { encryption: { algorithm: 'AES256' } } })
      await expect(opened).rejects.toThrow('S3_ENCRYPTION was refused')
    })
  })
}
