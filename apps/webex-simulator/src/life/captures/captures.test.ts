import { describe, expect, it } from 'vitest'
import { HISTORY_UNTIL_MS, worldOf } from '../world.testing.ts'
import { EVER, tasksOf } from '../../testing/read-world.ts'

interface LegacyText {
  readonly responseContents: readonly {
    readonly recognitionResult: {
      readonly role: 'CALLER' | 'AGENT'
      readonly alternatives: readonly {
        readonly transcript: string
        readonly words: readonly { readonly word: string; readonly start_time: { seconds: number; nanos: number } }[]
      }[]
    }
  }[]
}
interface Vcon {
  readonly parties: readonly { readonly role: string }[]
  readonly dialog: readonly { readonly start: string; readonly parties: readonly number[]; readonly body: string }[]
}

const saidInLegacy = ({ responseContents }: LegacyText, callStart: number) =>
  responseContents.map(({ recognitionResult: { role, alternatives } }) => {
    const { transcript, words } = alternatives[0]!
    expect(words.map(({ word }) => word).join(' ')).toBe(transcript)
    const { seconds, nanos } = words[0]!.start_time
    return `${callStart + seconds * 1000 + nanos / 1e6} ${role === 'CALLER' ? 'Customer' : 'Agent'}`
  })

const saidInVcon = ({ parties, dialog }: Vcon) =>
  dialog.map(({ start, parties: [speaker] }) => {
    const { role } = parties[speaker!]!
    return `${Date.parse(start)} ${role === 'customer' ? 'Customer' : 'Agent'}`
  })

describe('captures', () => {
  const world = worldOf(3)
  const tasks = tasksOf(world, HISTORY_UNTIL_MS)
  const finished = tasks.filter((task) => !task.isActive && task.endedTime < HISTORY_UNTIL_MS - 1_200_000)

  it('give each recorded contact stereo PCM of exactly the length that start and stop say', async () => {
    const recorded = finished.filter((task) => task['captureRequested'] === true)
    expect(recorded.length).toBeGreaterThan(100)
    for (const task of recorded.slice(0, 60)) {
      const { recording: all } = world.captures(task.id, HISTORY_UNTIL_MS)!
      const recording = all.filter(({ item }) => (item['attributes'] as { callType: string }).callType === 'main')
      expect(recording.length).toBe(task['recordingCount'])
      for (const { item, file } of recording) {
        const { startTime, stopTime, participants } = item['attributes'] as {
          startTime: number
          stopTime: number
          participants: string[]
        }
        const wav = await file.read()
        expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24), wav.readUInt16LE(34)]).toEqual([
          1, 2, 8000, 16,
        ])
        expect(wav.readUInt32LE(40) / wav.readUInt32LE(28)).toBe((stopTime - startTime) / 1000)
        expect(wav.length).toBe(44 + wav.readUInt32LE(40))
        expect(wav.subarray(44).some((byte) => byte !== 0)).toBe(true)
        expect((await file.read()).equals(wav)).toBe(true)
        expect(participants.at(-1)).toMatch(/^\+\d+\*{4}\d{4}$/)
        expect(startTime).toBeGreaterThan(task.createdTime)
        expect(stopTime).toBeLessThan(task.endedTime)
      }
    }
  })

  it('give each ended chat a transcript whose messages are the true turns', async () => {
    const turns = world.truth!.turns(EVER, HISTORY_UNTIL_MS).filter((turn) => turn.type === 'Message')
    const chats = finished.filter((task) => task['channelType'] === 'chat')
    expect(chats.length).toBeGreaterThan(20)
    for (const chat of chats) {
      const { recording, transcription } = world.captures(chat.id, HISTORY_UNTIL_MS)!
      expect(recording).toEqual([])
      expect(transcription).toHaveLength(1)
      const messages = JSON.parse((await transcription[0]!.file.read()).toString()) as {
        timestamp: string
        direction: string
        participant: { role: string }
      }[]
      const told = turns
        .filter((turn) => turn.taskId === chat.id)
        .map((turn) => `${turn.time} ${turn.participant.toUpperCase()}`)
      expect(messages.map((message) => `${Date.parse(message.timestamp)} ${message.participant.role}`)).toEqual(told)
    }
  })

  it('tell attachments of mails as turns of their own', () => {
    const turns = world.truth!.turns(EVER, HISTORY_UNTIL_MS)
    const files = turns.filter(({ type }) => type === 'File' || type === 'Image')
    const mails = new Set(tasks.filter(({ channelType }) => channelType === 'email').map(({ id }) => id))
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      expect(mails).toContain(file.taskId)
      expect(turns).toContainEqual({ ...file, type: 'Message' })
    }
  })

  it('tell with each voice transcript, in either shape, what the truth says was said', async () => {
    const talks = world.truth!.turns(EVER, HISTORY_UNTIL_MS).filter((turn) => turn.type === 'Talk')
    const shapes = new Set<string>()
    for (const task of finished.filter(({ channelType }) => channelType === 'telephony')) {
      const listed = world.captures(task.id, HISTORY_UNTIL_MS)!.transcription
      const read = await Promise.all(
        listed.map(async ({ item, file }) => {
          const text = JSON.parse((await file.read()).toString()) as object
          shapes.add('dialog' in text ? 'vcon' : 'legacy')
          return 'dialog' in text
            ? saidInVcon(text as Vcon)
            : saidInLegacy(text as LegacyText, Number(item['startTime']))
        }),
      )
      const told = talks
        .filter(({ taskId }) => taskId === task.id)
        .map(({ participant, time }) => `${time} ${participant}`)
      expect(read.flat().toSorted()).toEqual(told.toSorted())
    }
    expect(shapes).toEqual(new Set(['vcon', 'legacy']))
  })

  it('appear some time after the end, together with the row that says so', () => {
    const task = finished.find((candidate) => candidate['recordingCount'] === 1)!
    const row = task.activities.nodes.find((node) => node['eventName'] === 'recording-available')!
    const readyAt = Number(row['createdTime'])
    expect(readyAt).toBeGreaterThan(task.endedTime)
    expect(world.captures(task.id, readyAt - 1)!.recording).toEqual([])
    expect(world.captures(task.id, readyAt)!.recording).toHaveLength(1)
    expect(world.captures('nobody', HISTORY_UNTIL_MS)).toBeUndefined()
  })

  it('can be lost, when a world is asked for that', () => {
    const poorer = worldOf(3, { lostRecordings: 1 })
    const recorded = tasksOf(poorer, HISTORY_UNTIL_MS).filter((task) => task['captureRequested'] === true)
    expect(recorded.length).toBeGreaterThan(100)
    expect(recorded.flatMap((task) => poorer.captures(task.id, HISTORY_UNTIL_MS)!.recording)).toEqual([])
    expect(poorer.truth!.turns(EVER, HISTORY_UNTIL_MS).filter((turn) => turn.type === 'Recording')).toEqual([])
  })

  it('can be late or have one channel, and nothing else of the world moves', async () => {
    const later = worldOf(3, { captures: { lateRecordings: 1, monoRecordings: 1 } })
    const task = finished.find((candidate) => candidate['recordingCount'] === 1)!
    expect(tasksOf(later, HISTORY_UNTIL_MS).find(({ id }) => id === task.id)).toEqual(task)
    const [usual] = world.captures(task.id, HISTORY_UNTIL_MS)!.recording
    expect(later.captures(task.id, task.endedTime + 600_000)!.recording).toEqual([])
    const [one] = later.captures(task.id, HISTORY_UNTIL_MS + 86_400_000)!.recording
    expect(one!.item).toEqual(usual!.item)
    const [mono, stereo] = [await one!.file.read(), await usual!.file.read()]
    expect([mono.readUInt16LE(22), mono.length - 44]).toEqual([1, (stereo.length - 44) / 2])
    expect(mono.readUInt32LE(40) / mono.readUInt32LE(28)).toBe(stereo.readUInt32LE(40) / stereo.readUInt32LE(28))
  })
})
