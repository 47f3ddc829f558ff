import { describe, expect, it } from 'vitest'
import { HISTORY_UNTIL_MS, worldOf } from '../world.testing.ts'
import { EVER, tasksOf } from '../../testing/read-world.ts'

describe('captures', () => {
  const world = worldOf(3)
  const tasks = tasksOf(world, HISTORY_UNTIL_MS)
  const finished = tasks.filter((task) => !task.isActive && task.endedTime < HISTORY_UNTIL_MS - 1_200_000)

  it('give each recorded contact stereo PCM of exactly the length that start and stop say', async () => {
    const recorded = finished.filter((task) => task['captureRequested'] === true)
    expect(recorded.length).toBeGreaterThan(100)
    for (const task of recorded.slice(0, 60)) {
      const { recording } = world.captures(task.id, HISTORY_UNTIL_MS)!
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
})
