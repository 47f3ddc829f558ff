import { describe, expect, it } from 'vitest'
import { HISTORY_UNTIL_MS, rowsOf, worldOf } from './world.testing.ts'
import { sessionsOf, tasksOf } from '../testing/read-world.ts'

describe.each([1, 7, 42])('agent sessions of seed %i', (seed) => {
  const world = worldOf(seed)
  const sessions = sessionsOf(world, HISTORY_UNTIL_MS)
  const slots = sessions.flatMap((session) =>
    session.channelInfo.map((slot) => ({ session, slot, rows: rowsOf(slot.activities.nodes) })),
  )

  it('cover the day and some are still open', () => {
    expect(sessions.some((session) => session.isActive)).toBe(true)
    expect(sessions.some((session) => !session.isActive)).toBe(true)
    expect(new Set(sessions.map((session) => session['agentId'])).size).toBe(16)
  })

  it('have rows that touch, from log-in to log-out', () => {
    for (const { session, rows } of slots) {
      expect(rows[0]!.startTime).toBe(session.startTime)
      expect(rows.filter((row) => row.isLoginActivity)).toEqual([rows[0]])
      for (const [position, row] of rows.slice(1).entries()) expect(row.startTime).toBe(rows[position]!.endTime)
      const last = rows.at(-1)!
      expect(rows.filter((row) => row.isCurrentActivity)).toEqual(session.isActive ? [last] : [])
      expect([last.state === 'logged-out', last.isLogoutActivity, last.endTime]).toEqual([
        !session.isActive,
        !session.isActive,
        session.endTime,
      ])
    }
  })

  it('never put two calls on one agent, and no chat beside a call', () => {
    const ofTelephony = (row: { readonly state: string }) =>
      !['available', 'idle', 'logged-out', 'skill-update'].includes(row.state)
    for (const session of sessions) {
      const [telephony, ...others] = session.channelInfo
      const chats = others.filter((slot) => slot['channelType'] === 'chat')
      const calls = rowsOf(telephony!.activities.nodes).filter(ofTelephony)
      const texts = chats.flatMap((slot) => rowsOf(slot.activities.nodes)).filter(ofTelephony)
      const end = (row: { readonly endTime: number }) => (row.endTime === -1 ? Number.POSITIVE_INFINITY : row.endTime)
      for (const call of calls) {
        expect(call.taskId).not.toBeNull()
        for (const text of texts) expect(call.startTime >= end(text) || text.startTime >= end(call)).toBe(true)
      }
    }
  })

  it('ring while the task offers: each offer in a queue is one ringing row of that slot, and no other rings', () => {
    const offers = tasksOf(world, HISTORY_UNTIL_MS).flatMap((task) =>
      rowsOf(task.activities.nodes)
        .filter((row) => row.eventName === 'connect' && row.childContactId === null && task['isOutdial'] === false)
        .map((row) => `${task.id} ${row.agentChannelId} ${row.createdTime} ${row.endedTime}`),
    )
    const ringing = slots.flatMap(({ slot, rows }) =>
      rows
        .filter((row) => row.state === 'ringing' && (row as unknown as { queue: { id: unknown } }).queue.id !== null)
        .map((row) => `${row.taskId} ${slot.channelId} ${row.startTime} ${row.endTime}`),
    )
    expect(ringing.toSorted()).toEqual(offers.toSorted())
  })

  it('have counters that follow from their rows', () => {
    for (const { slot, rows } of slots) {
      const total = (...states: string[]) =>
        rows.filter((row) => states.includes(row.state)).reduce((sum, row) => sum + Math.max(0, row.duration), 0)
      const count = (state: string) => rows.filter((row) => row.state === state).length
      expect(slot['availableDuration']).toBe(total('available'))
      expect(slot['idleDuration']).toBe(total('idle'))
      expect(slot['idleCount']).toBe(count('idle'))
      expect(slot['notRespondedCount']).toBe(count('not-responding'))
      expect(Number(slot['ringingDuration']) + Number(slot['outdialRingingDuration'])).toBe(total('ringing'))
      expect(Number(slot['connectedDuration']) + Number(slot['outdialConnectedDuration'])).toBe(
        total('connected', 'hold-done'),
      )
      expect(Number(slot['wrapupDuration']) + Number(slot['outdialWrapupDuration'])).toBe(total('wrapup'))
    }
  })
})
