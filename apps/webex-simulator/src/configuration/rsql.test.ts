import { describe, expect, it } from 'vitest'
import { parseFilter } from './rsql.ts'
import { parseSearch } from './search-keyword.ts'

const items = [
  { id: '1', name: 'Sales line', active: true, siteId: 's1', teamIds: ['t1', 't2'] },
  { id: '2', name: 'Billing', active: false, siteId: 's1', teamIds: [] },
  { id: '3', name: 'Say "hi", (please)', active: true, siteId: null, teamIds: ['t2'] },
]
const kept = (filter: string) => items.filter(parseFilter(filter)).map(({ id }) => id)
const found = (search: string) => items.filter(parseSearch(search)).map(({ id }) => id)

describe('parseFilter', () => {
  it.each([
    ['id=="2"', ['2']],
    ['id==2', ['2']],
    ["id=='2'", ['2']],
    ['id!="2"', ['1', '3']],
    ['id=in=("1","3")', ['1', '3']],
    ['id=out=("1","3")', ['2']],
    ['active==true', ['1', '3']],
    ['siteId=="s1";active==true', ['1']],
    ['id=="2",id=="3"', ['2', '3']],
    ['id=="3",siteId=="s1";active==false', ['2', '3']],
    ['(id=="3",siteId=="s1");active==true', ['1', '3']],
    ['teamIds=="t2"', ['1', '3']],
    ['name=="Sales line"', ['1']],
    ['name=="Say \\"hi\\", (please)"', ['3']],
    ['siteId!="s1"', ['3']],
    ['nothing=="x"', []],
  ])('%s', (filter, expected) => {
    expect(kept(filter)).toEqual(expected)
  })

  it.each([
    '',
    'id',
    'id=',
    'id==',
    'id=like="a"',
    'id=="a" ',
    'id=="a";',
    '(id=="a"',
    'id=="a")',
    'id=in="a"',
    'id=in=("a"',
    'id=="a',
    'name==Sales line',
    'createdTime=="1"',
  ])('refuses %j', (filter) => {
    expect(() => kept(filter)).toThrow('cannot be read')
  })
})

describe('parseSearch', () => {
  it.each([
    ['LINE', ['1']],
    ['"billing"', ['2']],
    ['field=="name";value=="sales"', ['1']],
    ['fields=in=("siteId","name");value=="s1"', ['1', '2']],
    ['s1', []],
  ])('%s', (search, expected) => {
    expect(found(search)).toEqual(expected)
  })

  it('refuses a form that was begun', () => {
    expect(() => found('field=="name"')).toThrow('cannot be read')
  })
})
