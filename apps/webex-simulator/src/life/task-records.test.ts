import { describe, expect, it } from 'vitest'
import { carsOf, HISTORY_UNTIL_MS, sum, worldOf } from './world.testing.ts'
import { sessionsOf, tasksOf } from '../testing/read-world.ts'

/** Steps of the customer's own time: customer-journey-model §2.2. */
const ON_TRACK = new Set([
  'new',
  'parked',
  'connect',
  'con-to-agent-error',
  'connected',
  'on-hold',
  'hold-done',
  'dequeued',
  'vt-transfer',
  'blind-transfer',
  'ConsultTransfer',
  'Transferred',
  'optOutOfQueue',
  'callbackFailed',
  'campaignOutbound',
  'ended',
])
const POINTS = new Set(['flow-activity', 'recording-started', 'recording-available', 'resumed', 'ivr-done', 'ended'])
/** On the track before the queue and after a transfer to an entry point; beside it in a queue, and after the end. */
const SELF_SERVICE = new Set(['ivr-connected', 'treatment'])

describe.each([1, 7, 42])('tasks of seed %i', (seed) => {
  const world = worldOf(seed)
  const tasks = tasksOf(world, HISTORY_UNTIL_MS)

  it('come ascending, with ids of their own, inside the history', () => {
    expect(tasks.length).toBeGreaterThan(450)
    expect(new Set(tasks.map((task) => task.id)).size).toBe(tasks.length)
    expect(tasks.map((task) => task.createdTime)).toEqual(
      tasks.map((task) => task.createdTime).toSorted((a, b) => a - b),
    )
    for (const task of tasks) {
      expect(task.createdTime).toBeGreaterThanOrEqual(world.history.fromMs)
      expect(task.createdTime).toBeLessThan(world.history.toMs)
    }
  })

  it('have on-track steps that follow one another without a gap, from creation to the end', () => {
    for (const task of tasks) {
      const isSelfService = (row: ReturnType<typeof carsOf>[number]) =>
        SELF_SERVICE.has(row.eventName) &&
        row.queueId === null &&
        (task.endedTime === -1 || row.createdTime < task.endedTime)
      const track = carsOf(task).filter(
        (row) => row.childContactId === null && (ON_TRACK.has(row.eventName) || isSelfService(row)),
      )
      expect(track[0]!.createdTime).toBe(task.createdTime)
      for (const [position, row] of track.slice(1).entries())
        expect(row.createdTime, `${task.id} ${row.eventName}`).toBe(track[position]!.endedTime)
      expect(track.at(-1)!.endedTime).toBe(task.endedTime)
    }
  })

  it('have points that last nothing and states that last something', () => {
    for (const task of tasks) {
      for (const row of carsOf(task)) {
        const lasted = row.endedTime === -1 ? -1 : row.endedTime - row.createdTime
        const isPoint = POINTS.has(row.eventName)
        expect({ name: row.eventName, duration: row.duration, isPoint: row.duration === 0 }).toEqual({
          name: row.eventName,
          duration: lasted,
          isPoint,
        })
      }
      expect(new Set(task.activities.nodes.map((row) => row['id'])).size).toBe(task.activities.nodes.length)
    }
  })

  it('have totals that follow from their CARs', () => {
    for (const task of tasks) {
      const rows = carsOf(task)
      expect(task['queueDuration']).toBe(sum(rows, 'parked'))
      expect(task['ringingDuration']).toBe(sum(rows, 'connect'))
      expect(task['holdDuration']).toBe(sum(rows, 'on-hold'))
      expect(task['wrapupDuration']).toBe(sum(rows, 'WrapUp'))
      expect(task['connectedDuration']).toBe(sum(rows, 'connected', 'hold-done'))
      expect(task['consultDuration']).toBe(sum(rows, 'consulting'))
      expect(task['connectedCount']).toBe(rows.filter((row) => row.eventName === 'connected').length)
      expect(task['recordingCount']).toBe(rows.filter((row) => row.eventName === 'recording-available').length)
      expect(task['isContactHandled']).toBe(rows.some((row) => row.eventName === 'connected'))
      expect(task['totalDuration']).toBe(task.endedTime === -1 ? -1 : task.endedTime - task.createdTime)
      const latest = Math.max(...rows.map((row) => Math.max(row.createdTime, row.endedTime)))
      // Scores and the like come later still.
      expect(task.lastActivityTime).toBeGreaterThanOrEqual(latest)
    }
  })

  it('name only agents who were logged in, at a slot of that login', () => {
    const sessions = new Map(sessionsOf(world, HISTORY_UNTIL_MS).map((session) => [session.agentSessionId, session]))
    for (const task of tasks) {
      for (const row of carsOf(task).filter((candidate) => candidate.agentId !== null)) {
        const session = sessions.get(row.agentSessionId!)!
        expect(session['agentId']).toBe(row.agentId)
        expect(session.startTime).toBeLessThanOrEqual(row.createdTime)
        // The customer may be with an outside number long after the agent who sent them there went home.
        const isOpenEnded = session.isActive || row.eventName === 'Transferred'
        expect(isOpenEnded ? Number.POSITIVE_INFINITY : session.endTime).toBeGreaterThanOrEqual(row.endedTime)
        expect(session.channelInfo.map((slot) => slot.channelId)).toContain(row.agentChannelId)
      }
    }
  })
})
