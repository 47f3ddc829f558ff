import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeContract } from './contract.testing.ts'
import { type LocalS3, startLocalS3 } from './local-s3.testing.ts'
import { type S3Settings, openS3Store } from './s3-store.ts'

/** `S3_ENDPOINT` and its keys name a real server; without it one from npm is started (it does not check signatures). */
const given = process.env.S3_ENDPOINT
let server: LocalS3 | undefined
let folder = ''
let settings: S3Settings

beforeAll(async () => {
  const bucket = `wxcc-test-${randomUUID().slice(0, 8)}`
  if (given !== undefined && given !== '') {
    const {
      S3_ACCESS_KEY: accessKey = '',
      S3_SECRET_KEY: secretKey = '',
      S3_REGION: region = 'us-east-1',
    } = process.env
    settings = { endpoint: given, accessKey, secretKey, bucket, region }
    return
  }
  folder = await mkdtemp(path.join(os.tmpdir(), 'wxcc-s3-'))
  server = await startLocalS3(folder)
  const { endpoint, accessKey, secretKey, region } = server
  settings = { endpoint, accessKey, secretKey, region, bucket }
})

afterAll(async () => {
  await server?.stop()
  if (folder !== '') await rm(folder, { recursive: true, force: true })
})

storeContract('an S3 server', () => openS3Store(settings))

test('a server that is not there is storage_unavailable, without its address', async () => {
  const failed = await openS3Store({ ...settings, endpoint: 'http://127.0.0.1:9' }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'storage_unavailable' })
  expect(String(failed)).not.toContain('127.0.0.1')
})
