import { describe, expect, it } from 'vitest'
import { compareShapes, parseAnswer, shapeOf } from './shape.ts'

const compare = (ours: string, published: string) =>
  compareShapes(shapeOf([parseAnswer(ours)]), shapeOf([parseAnswer(published)]), new Set(['skills']))

describe('compareShapes', () => {
  it.each([
    ['{"a":1}', '{"a":2}'],
    ['{"a":null}', '{"a":{"b":1}}'],
    ['{"a":{"b":null}}', '{"a":null}'],
    ['{"a":[]}', '{"a":[{"b":1}]}'],
    ['{"a":[{"b":null},{"b":"x"}]}', '{"a":[{"b":"y"}]}'],
    ['{"skills":[{"name":"x"}]}', '{"skills":[{"title":"x"}]}'],
    ['{"endCursor":"2"}', '{"endCursor":"1"}'],
    ['{"endCursor":"a=1::b.c=null"}', '{"endCursor":"a=7::b.c=x"}'],
  ])('%s is like %s', (ours, published) => {
    expect(compare(ours, published)).toEqual([])
  })

  it.each([
    ['{"a":1}', '{"a":1.0}', 'a: Int, published Float'],
    ['{"a":"1"}', '{"a":1}', 'a: String, published Int'],
    ['{"a":{"b":1}}', '{"a":[{"b":1}]}', 'a: object, published list'],
    ['{"a":1,"b":2}', '{"a":1}', 'b: not in the published answer'],
    ['{"a":[{"b":1}]}', '{"a":[{"b":1,"c":2}]}', 'a[].c: only in the published answer'],
    [
      '{"endCursor":"1700000000000"}',
      '{"endCursor":"1"}',
      'endCursor: a cursor of the form epoch ms, published page number',
    ],
    ['{"endCursor":"b=1::a=1"}', '{"endCursor":"a=1::b=1"}', 'endCursor: a cursor of the form b::a, published a::b'],
  ])('%s differs from %s', (ours, published, difference) => {
    expect(compare(ours, published)).toEqual([difference])
  })
})
