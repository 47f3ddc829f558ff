import { describe, expect, it } from 'vitest'
import { isRecord } from '../json.ts'
import { ROOTS } from '../search/field-table.ts'
import type { RootName } from '../search/field-table.ts'
import { legsOf, sessionsOf, tasksOf } from '../testing/read-world.ts'
import type { RecordOf, WorldEvent } from '../world.ts'
import { createGeneratedWorld } from './generated-world.ts'
import { HISTORY_UNTIL_MS, rowsOf, worldOf } from './world.testing.ts'

const asOf = HISTORY_UNTIL_MS
/** A whole default day: every journey occurs in it. */
const world = worldOf(1, { tasksPerDay: 2000, agents: 40 })
const tasks = tasksOf(world, asOf)
const sessions = sessionsOf(world, asOf)
const legs = legsOf(world, asOf)

/** Fields of the dictionaries that no life here gives a value, and why. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  // References into the vendor's own storage, which nobody can download.
  taskDetails: ['recordingLocation', 'recordingStereoBlobId', 'emailBccList', 'activities.nodes.bnrMode'],
  taskLegDetails: [],
  // No organization here has a parent; slots have no kinds.
  agentSession: ['parentOrgId', 'parentOrgName', 'channelInfo.subChannelType'],
}

function valuesAt(value: unknown, keys: readonly string[]): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((element: unknown) => valuesAt(element, keys))
  const [key, ...rest] = keys
  if (key === undefined) return [value]
  return isRecord(value) ? valuesAt(value[key], rest) : []
}

describe('fields of the dictionaries', () => {
  it.each<[RootName, readonly RecordOf[]]>([
    ['taskDetails', tasks],
    ['taskLegDetails', legs],
    ['agentSession', sessions],
  ])('of %s have a value somewhere in a day', (root, records) => {
    const empty = [...ROOTS[root].fields.keys()]
      .filter((path) => !path.includes('GlobalVariables.') && path !== 'intervalStartTime')
      .filter((path) => !records.some((record) => valuesAt(record, path.split('.')).some((value) => value != null)))
    expect(empty.toSorted()).toEqual([...NEVER[root]!].toSorted())
  })
})

describe('counters', () => {
  it('of a slot follow from its rows', () => {
    for (const { channelInfo } of sessions) {
      for (const slot of channelInfo) {
        const rows = rowsOf(slot.activities.nodes)
        const of = (states: readonly string[], ofOutdial?: boolean) =>
          rows.filter(
            (row) =>
              states.includes(row.state) &&
              (ofOutdial === undefined || (row as unknown as { isOutdial: boolean }).isOutdial === ofOutdial),
          )
        const ms = (chosen: typeof rows) => chosen.reduce((total, row) => total + Math.max(0, row.duration), 0)
        expect({
          availableCount: slot['availableCount'],
          idleDuration: slot['idleDuration'],
          ringingCount: slot['ringingCount'],
          connectedCount: slot['connectedCount'],
          connectedDuration: slot['connectedDuration'],
          outdialConnectedDuration: slot['outdialConnectedDuration'],
          holdDuration: slot['holdDuration'],
          wrapupDuration: slot['wrapupDuration'],
          notRespondedCount: slot['notRespondedCount'],
          conferenceCount: slot['conferenceCount'],
          consultToQueueAnswerDuration: slot['consultToQueueAnswerDuration'],
          reservationCount: slot['reservationCount'],
        }).toEqual({
          availableCount: of(['available']).length,
          idleDuration: ms(of(['idle'])),
          ringingCount: of(['ringing'], false).length,
          connectedCount: of(['connected'], false).length,
          connectedDuration: ms(of(['connected', 'hold-done'], false)),
          outdialConnectedDuration: ms(of(['connected', 'hold-done'], true)),
          holdDuration: ms(of(['on-hold'], false)),
          wrapupDuration: ms(of(['wrapup'], false)),
          notRespondedCount: of(['not-responding'], false).length,
          conferenceCount: of(['conferencing'], false).length,
          consultToQueueAnswerDuration: ms(of(['ctq-accepted'], false)),
          reservationCount: of(['outdial-reserved']).length,
        })
      }
    }
  })

  it('of a contact’s legs together are those of the contact', () => {
    const byTask = Map.groupBy(legs, (leg) => leg.taskId)
    for (const task of tasks) {
      const own = byTask.get(task.id)
      if (own === undefined) continue
      for (const name of ['connectedDuration', 'ringingDuration', 'holdDuration', 'wrapupDuration', 'consultDuration'])
        expect(
          own.reduce((total, leg) => total + Number(leg[name]), 0),
          `${task.id} ${name}`,
        ).toBe(task[name])
      for (const name of ['connectedCount', 'holdCount', 'transferCount', 'consultToQueueCount', 'consultToEPCount'])
        expect(
          own.reduce((total, leg) => total + Number(leg[name]), 0),
          `${task.id} ${name}`,
        ).toBe(task[name])
    }
  })
})

describe('lastActivityTime', () => {
  const worldWith = (lastActivity: 'every-change' | 'until-ended') =>
    createGeneratedWorld({ seed: 3, tasksPerDay: 200, agents: 10, days: 1, historyUntilMs: asOf, lastActivity })
  const later = asOf + 3 * 86_400_000
  const overtakes = (lastActivity: 'every-change' | 'until-ended') =>
    tasksOf(worldWith(lastActivity), later, { fromMs: 0, toMs: asOf }).filter(
      (task) => task.lastActivityTime > task.endedTime,
    )

  it('moves with what comes after the end, or stands still', () => {
    expect(overtakes('every-change').length).toBeGreaterThan(50)
    expect(overtakes('until-ended')).toEqual([])
  })
})

describe('events', () => {
  const events: readonly WorldEvent[] = [...world.events({ fromMs: 0, toMs: asOf })]
  const byTask = Map.groupBy(events, ({ data }) => String(data['taskId'] as string | null))
  const told = (taskId: string, type: string) => byTask.get(taskId)?.filter((event) => event.type === type) ?? []

  it('come ascending', () => {
    expect(events.every((event, at) => at === 0 || events[at - 1]!.time <= event.time)).toBe(true)
  })

  it('tell each contact’s beginning once, and its end once, a callback’s twice', () => {
    for (const task of tasks) {
      expect(told(task.id, 'task:new'), task.id).toHaveLength(1)
      const ends = task.endedTime === -1 ? 0 : 1
      const optOuts = rowsOf(task.activities.nodes).filter((row) => row.eventName === 'optOutOfQueue').length
      expect(told(task.id, 'task:ended'), task.id).toHaveLength(ends + optOuts)
    }
    expect(tasks.some((task) => rowsOf(task.activities.nodes).some((row) => row.eventName === 'callbackFailed'))).toBe(
      true,
    )
  })

  it('tell of each file that appeared, without a link', () => {
    const files = events.filter(({ type }) => type === 'capture:available')
    const rows = tasks.flatMap((task) =>
      rowsOf(task.activities.nodes).filter((row) => row.eventName === 'recording-available'),
    )
    expect(files).toHaveLength(rows.length)
    expect(files.every(({ data }) => data['filePath'] === undefined)).toBe(true)
  })

  it('tell each log-in, and each log-out that was', () => {
    expect(events.filter(({ type }) => type === 'agent:login')).toHaveLength(sessions.length)
    expect(events.filter(({ type }) => type === 'agent:logout')).toHaveLength(
      sessions.filter(({ isActive }) => !isActive).length,
    )
  })
})
