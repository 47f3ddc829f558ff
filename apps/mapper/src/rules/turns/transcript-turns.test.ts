import { describe, expect, it } from 'vitest'
import { recordingTurn } from './recording-turn.ts'
import { transcriptTurns } from './transcript-turns.ts'
import type { CaptureReference } from './turn-facts.ts'

/** 2026-03-02T10:00:00Z. */
const TEN = 1_772_445_600_000
const capture: CaptureReference = {
  captureId: 'cap',
  startMs: TEN,
  stopMs: TEN + 60_000,
  taskStartMs: TEN - 5_000,
  languageCode: 'en-US',
}

function read(file: unknown, of: CaptureReference = capture) {
  const answer = transcriptTurns(typeof file === 'string' ? file : JSON.stringify(file), of)
  return answer.kind === 'unknown'
    ? { kind: answer.kind, facts: [], content: [] }
    : {
        kind: answer.kind,
        facts: answer.turns.map((turn) => turn.facts),
        content: answer.turns.map((turn) => turn.content),
      }
}

/** Invented; the outer shape is the one the vendor's guide prints (webex-cc-api §4.4). */
const said = (role: string, transcript: string, from: number, to?: number) => ({
  recognitionResult: {
    role,
    alternatives: [
      {
        transcript,
        confidence: 0.9,
        words: [
          { word: 'x', start_time: { seconds: from, nanos: 500_000_000 } },
          { word: 'y', start_time: { seconds: from + 1 }, ...(to === undefined ? {} : { end_time: { seconds: to } }) },
        ],
      },
    ],
  },
})

describe('transcriptTurns', () => {
  it('reads legacy voice files, rows grouped by role, in order of their first words', () => {
    const { kind, facts, content } = read({
      responseContents: [
        said('CALLER', 'hello', 1, 3),
        said('CALLER', 'thank you', 9),
        said('AGENT', 'how may I help', 4, 8),
      ],
    })
    expect(kind).toBe('voice-legacy')
    expect(facts).toMatchObject([
      {
        source_record_id: 'cap:0',
        turn_type: 'Talk',
        participant: 'Customer',
        turn_time_ms: TEN + 1_500,
        duration_ms: 1_500,
        sequence_no: 1,
        length_chars: 5,
        confidence: 0.9,
        language: 'en-US',
        is_time_estimated: false,
      },
      { source_record_id: 'cap:2', participant: 'Agent', turn_time_ms: TEN + 4_500, sequence_no: 2 },
      { source_record_id: 'cap:1', participant: 'Customer', duration_ms: null, sequence_no: 3 },
    ])
    expect(content.map((each) => each.body_text)).toEqual(['hello', 'how may I help', 'thank you'])
  })

  it('marks voice turns as estimated where the capture has no start', () => {
    const { facts } = read({ responseContents: [said('AGENT', 'hi', 1)] }, { ...capture, startMs: null })
    expect(facts).toMatchObject([{ turn_time_ms: TEN - 5_000, is_time_estimated: true }])
  })

  it('reads vCon files', () => {
    const { kind, facts, content } = read({
      vcon: '0.0.1',
      parties: [{ role: 'customer', tel: 'x' }, { role: 'agent', name: 'Ann' }, { role: 'Virtual Agent' }],
      dialog: [
        { type: 'recording', start: '2026-03-02T10:00:00Z', parties: [0, 1], url: 'x' },
        { type: 'text', start: '2026-03-02T10:00:02Z', duration: 1.5, parties: [1, 0], body: 'good day' },
        {
          type: 'text',
          start: '2026-03-02T10:00:01Z',
          parties: 0,
          body: Buffer.from('grüß Gott').toString('base64url'),
          encoding: 'base64url',
        },
        { type: 'text', start: '2026-03-02T10:00:03Z', parties: [0, 2], originator: 2, body: 'I am Ada' },
      ],
    })
    expect(kind).toBe('vcon')
    expect(facts).toMatchObject([
      { source_record_id: 'cap:2', participant: 'Customer', turn_time_ms: TEN + 1_000, length_chars: 9 },
      { source_record_id: 'cap:1', participant: 'Agent', duration_ms: 1_500, turn_type: 'Talk' },
      { source_record_id: 'cap:3', participant: 'Bot' },
    ])
    expect(content[0]!.body_text).toBe('grüß Gott')
  })

  it.each<[string, unknown]>([
    ['a list', [{ id: 'm1', timestamp: '2026-03-02T10:00:01Z', direction: 'inbound', text: 'hi' }]],
    ['messages', { messages: [{ id: 'm1', createdTime: TEN + 1000, role: 'CUSTOMER', body: 'hi' }] }],
    ['items', { items: [{ messageId: 'm1', time: String(TEN + 1000), participantType: 'customer', content: 'hi' }] }],
    [
      'nested messages',
      {
        transcript: {
          messages: [{ aliasId: 'm1', date: TEN / 1000 + 1, sender: { type: 'Customer' }, message: { text: 'hi' } }],
        },
      },
    ],
  ])('reads digital messages: %s', (_name, file) => {
    const { kind, facts, content } = read(file)
    expect(kind).toBe('digital')
    expect(facts).toMatchObject([
      {
        source_record_id: 'cap:m1',
        turn_type: 'Message',
        participant: 'Customer',
        turn_time_ms: TEN + 1000,
        length_chars: 2,
        is_time_estimated: false,
      },
    ])
    expect(content[0]!.body_text).toBe('hi')
  })

  it('reads mails: subject and addresses go with the content, one mail counts once', () => {
    const mail = {
      id: 'm1',
      direction: 'outbound',
      timestamp: '2026-03-02T10:00:00Z',
      email: {
        from: 'help@example.com',
        to: ['ann@example.com'],
        subject: 'Your order',
        bodyHtml: '<p>Dear&nbsp;Ann</p><p>done</p>',
      },
    }
    const { facts, content } = read([mail, mail])
    expect(facts).toMatchObject([{ participant: 'Agent', turn_type: 'Message', length_chars: 13 }])
    expect(content).toEqual([
      {
        body_text: 'Dear Ann\ndone',
        subject: 'Your order',
        headers: { from: 'help@example.com', to: ['ann@example.com'] },
        source: mail,
      },
    ])
  })

  it('makes a turn of each attachment', () => {
    const { facts } = read([
      {
        id: 'm1',
        direction: 'inbound',
        timestamp: TEN,
        text: 'see',
        attachments: [{ fileName: 'a.PNG' }, { contentType: 'application/pdf' }],
      },
      { id: 'm2', direction: 'inbound', timestamp: TEN, attachments: [{ mimeType: 'image/jpeg' }] },
    ])
    expect(facts.map((each) => [each.source_record_id, each.turn_type])).toEqual([
      ['cap:m1', 'Message'],
      ['cap:m1:attachment-0', 'Image'],
      ['cap:m1:attachment-1', 'File'],
      ['cap:m2:attachment-0', 'Image'],
    ])
  })

  it('a work item’s snapshot is an action, not a message', () => {
    const { facts } = read([
      { id: 'w1', direction: 'inbound', workItemData: { claim: 'C1' }, timestamp: '2026-03-02T10:00:00Z' },
    ])
    expect(facts).toMatchObject([{ turn_type: 'Application Action', participant: 'Customer', length_chars: null }])
  })

  it('a message without a time takes that of the one before it, and says so', () => {
    const { facts } = read([
      { text: 'one', direction: 'inbound' },
      { text: 'two', timestamp: TEN + 9_000 },
      { text: 'three' },
    ])
    expect(facts).toMatchObject([
      { source_record_id: 'cap:0', turn_time_ms: TEN, is_time_estimated: true },
      { source_record_id: 'cap:1', turn_time_ms: TEN + 9_000, is_time_estimated: false, participant: 'Unknown' },
      { source_record_id: 'cap:2', turn_time_ms: TEN + 9_000, is_time_estimated: true },
    ])
  })

  it.each(['', 'not json', '[]', '{}', '7', '[1,2]', '{"vcon":"1"}', '[{"odd":1}]'])('%j is unknown', (text) => {
    expect(transcriptTurns(text, capture)).toEqual({ kind: 'unknown' })
  })
})

describe('recordingTurn', () => {
  it('is one turn per file', () => {
    expect(recordingTurn(capture)).toMatchObject({
      source_record_id: 'cap',
      turn_type: 'Recording',
      turn_time_ms: TEN,
      duration_ms: 60_000,
      is_time_estimated: false,
    })
  })

  it.each([
    [{ startMs: null }, { turn_time_ms: TEN - 5_000, duration_ms: null, is_time_estimated: true }],
    [{ stopMs: null }, { turn_time_ms: TEN, duration_ms: null, is_time_estimated: false }],
    [{ stopMs: TEN - 1 }, { duration_ms: null }],
  ])('%j', (fields, expected) => {
    expect(recordingTurn({ ...capture, ...fields })).toMatchObject(expected)
  })
})
