import { expect, test } from 'vitest'
import { agentChannel, audioFindings } from './audio-findings.ts'

const stereo = { codec: 'PCM', channels: 2, sampleRateHz: 8_000, durationMs: 60_000 }
const listed = { channel1: 'Caller', channel2: 'Agent', startMs: 1_000, endMs: 61_000 }

test.each([
  { name: 'an ordinary call', audio: stereo, of: listed, type: 'audio/wav', found: [] },
  { name: 'one channel', audio: { ...stereo, channels: 1 }, of: listed, type: null, found: ['mono'] },
  {
    name: 'nobody said who',
    audio: stereo,
    of: { ...listed, channel2: null },
    type: null,
    found: ['channels_unknown'],
  },
  { name: 'six channels', audio: { ...stereo, channels: 6 }, of: listed, type: null, found: ['channels_unknown'] },
  { name: 'a little shorter', audio: { ...stereo, durationMs: 57_100 }, of: listed, type: null, found: [] },
  { name: 'a twentieth longer', audio: { ...stereo, durationMs: 62_900 }, of: listed, type: null, found: [] },
  {
    name: 'more than that',
    audio: { ...stereo, durationMs: 63_100 },
    of: listed,
    type: null,
    found: ['duration_differs'],
  },
  { name: 'half', audio: { ...stereo, durationMs: 30_000 }, of: listed, type: null, found: ['duration_differs'] },
  { name: 'no times', audio: stereo, of: { ...listed, endMs: null }, type: 'binary/octet-stream', found: [] },
  { name: 'another type', audio: stereo, of: listed, type: 'text/html', found: ['type_differs'] },
])('findings of $name: $found', ({ audio, of, type, found }) => {
  expect(audioFindings(audio, of, type)).toEqual(found)
})

test.each([
  { channel1: 'Caller', channel2: 'Agent', channels: 2, on: 2 },
  { channel1: 'Agent', channel2: 'Others', channels: 2, on: 1 },
  { channel1: 'Agent', channel2: 'Agent', channels: 2, on: null },
  { channel1: 'Caller', channel2: 'VA', channels: 2, on: null },
  { channel1: 'Caller', channel2: 'Agent', channels: 1, on: null },
])('$channel1 and $channel2 on $channels channels: the agent is on $on', ({ channels, on, ...who }) => {
  expect(agentChannel({ ...stereo, channels }, who)).toBe(on)
})
