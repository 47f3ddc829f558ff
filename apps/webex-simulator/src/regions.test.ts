import { describe, expect, it } from 'vitest'
import { pathInRegion, regionAsked } from './regions.ts'

describe('regions by address', () => {
  it.each([
    ['/regions/eu1/search?orgId=x', '127.0.0.1:4000', '/search?orgId=x', 'eu1'],
    ['/regions/anz1', '127.0.0.1', '/', 'anz1'],
    ['/regions/ca1?x=1', '127.0.0.1', '/?x=1', 'ca1'],
    ['/search', 'eu2.localhost:4000', '/search', 'eu2'],
    ['/search', 'api.wxcc-JP1.cisco.com', '/search', 'jp1'],
    ['/regions/sg1/search', 'eu2.localhost', '/search', 'sg1'],
    ['/search', 'localhost', '/search', undefined],
    ['/regions/mars/search', 'localhost', '/regions/mars/search', undefined],
    ['/regions/eu10/search', 'localhost', '/regions/eu10/search', undefined],
  ])('%s at %s is %s in %s', (url, host, path, region) => {
    expect([pathInRegion(url), regionAsked(url, host)]).toEqual([path, region])
  })
})
