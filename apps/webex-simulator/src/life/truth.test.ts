import { describe, expect, it } from 'vitest'
import type { TrueEngagement } from '../world.ts'
import { carsOf, HISTORY_UNTIL_MS, worldOf } from './world.testing.ts'

/** Two descriptions of one life, told apart: where they can be compared they must agree. */
describe.each([1, 7, 42])('truth of seed %i', (seed) => {
  const world = worldOf(seed)
  const truth = world.truth!
  const asOf = HISTORY_UNTIL_MS
  const byTask = new Map<string, TrueEngagement[]>()
  for (const fact of truth.engagements(asOf)) byTask.set(fact.taskId, [...(byTask.get(fact.taskId) ?? []), fact])

  it('knows the tasks that the records show', () => {
    expect(
      truth
        .tasks(asOf)
        .map((task) => [task.taskId, task.endedTime ?? -1, task.activityCount])
        .toSorted(),
    ).toEqual(
      world
        .tasks(asOf)
        .map((task) => [task.id, task.endedTime, task.activities.nodes.length])
        .toSorted(),
    )
  })

  it('agrees with the steps that open engagements', () => {
    for (const task of world.tasks(asOf)) {
      const facts = byTask.get(task.id) ?? []
      const starts = (type: TrueEngagement['type']) =>
        facts
          .filter((fact) => fact.type === type)
          .map((fact) => fact.startTime)
          .toSorted()
      const rows = carsOf(task)
      const steps = (...names: readonly string[]) =>
        rows
          .filter((row) => names.includes(row.eventName))
          .map((row) => row.createdTime)
          .toSorted()
      expect(starts('Agent')).toEqual(steps('connected', 'conferencing'))
      expect(starts('Consult')).toEqual(steps('consulting'))
      expect(starts('Menu')).toEqual(task['isOutdial'] === true ? [] : [task.createdTime])
      expect(starts('Queue')).toHaveLength(Number(task['queueCount']))
      const unanswered = rows.filter(
        (row, position) =>
          row.eventName === 'connect' &&
          row.endedTime !== -1 &&
          task['isOutdial'] === false &&
          ['parked', 'connect', 'con-to-agent-error'].includes(
            rows.slice(position + 1).find((next) => next.createdTime === row.endedTime)?.eventName ?? '',
          ),
      )
      expect(starts('Invitation')).toEqual(unanswered.map((row) => row.createdTime))
    }
  })

  it('has queue stays without overlap, answered where an agent follows', () => {
    for (const facts of byTask.values()) {
      const stays = facts.filter((fact) => fact.type === 'Queue')
      for (const [position, stay] of stays.entries()) {
        expect(stay.agentId).toBeNull()
        expect(stay.isAnswered === null).toBe(stay.endTime === null)
        if (stay.isAnswered === true)
          expect(
            facts.some(
              (fact) => fact.type === 'Agent' && fact.startTime === stay.endTime && fact.queueId === stay.queueId,
            ),
          ).toBe(true)
        const next = stays[position + 1]
        if (next !== undefined) expect(next.startTime).toBeGreaterThanOrEqual(stay.endTime!)
      }
    }
  })

  it('judges offers as the evidence of the agent side does', () => {
    const notResponding = new Set(
      world
        .agentSessions(asOf)
        .flatMap((session) =>
          session.channelInfo.flatMap((slot) =>
            slot.activities.nodes
              .filter((row) => row['state'] === 'not-responding')
              .map((row) => `${String(session['agentId'])} ${String(row['taskId'])} ${String(row['startTime'])}`),
          ),
        ),
    )
    for (const fact of truth.engagements(asOf).filter((candidate) => candidate.type === 'Invitation')) {
      const isMissed = notResponding.has(`${fact.agentId} ${fact.taskId} ${fact.endTime}`)
      expect(isMissed).toBe(fact.invitationResult === 'missed')
      if (isMissed) expect(fact.endTime! - fact.startTime).toBeGreaterThanOrEqual(18_000)
    }
  })

  it('has one status of an agent at a time, which covers each login', () => {
    const sessions = world.agentSessions(asOf)
    const states = truth.agentStates(asOf)
    for (const agentId of new Set(states.map((state) => state.agentId))) {
      const own = states.filter((state) => state.agentId === agentId)
      const logins = sessions
        .filter((session) => session['agentId'] === agentId)
        .toSorted((a, b) => a.startTime - b.startTime)
      const length = (from: number, to: number | null) => (to === null || to === -1 ? asOf : to) - from
      expect(own.reduce((total, state) => total + length(state.startTime, state.endTime), 0)).toBe(
        logins.reduce((total, login) => total + length(login.startTime, login.endTime), 0),
      )
      for (const [position, state] of own.slice(1).entries())
        expect(state.startTime).toBeGreaterThanOrEqual(own[position]!.endTime!)
    }
  })
})
