import { describe, expect, it } from 'vitest'
import type { TrueEngagement } from '../world.ts'
import { carsOf, HISTORY_UNTIL_MS, rowsOf, worldOf } from './world.testing.ts'
import { EVER, sessionsOf, tasksOf } from '../testing/read-world.ts'

/** Two descriptions of one life, told apart: where they can be compared they must agree. */
describe.each([1, 7, 42])('truth of seed %i', (seed) => {
  const world = worldOf(seed)
  const truth = world.truth!
  const asOf = HISTORY_UNTIL_MS
  const byTask = new Map<string, TrueEngagement[]>()
  for (const fact of truth.engagements(EVER, asOf)) byTask.set(fact.taskId, [...(byTask.get(fact.taskId) ?? []), fact])

  it('knows the tasks that the records show', () => {
    const told = truth.tasks(EVER, asOf).map((task) => `${task.taskId} ${task.endedTime ?? -1} ${task.activityCount}`)
    const shown = tasksOf(world, asOf).map((task) => `${task.id} ${task.endedTime} ${task.activities.nodes.length}`)
    expect(told.toSorted()).toEqual(shown.toSorted())
  })

  it('agrees with the steps that open engagements', () => {
    const ascending = (times: readonly number[]) => times.toSorted((a, b) => a - b)
    for (const task of tasksOf(world, asOf)) {
      const facts = byTask.get(task.id) ?? []
      const starts = (type: TrueEngagement['type']) =>
        ascending(facts.filter((fact) => fact.type === type).map((fact) => fact.startTime))
      const rows = carsOf(task)
      // Those of a contact that a consult to an entry point made are not the customer's.
      const own = rows.filter((row) => row.childContactId === null || row.eventName === 'consult')
      const steps = (...names: readonly string[]) =>
        ascending(own.filter((row) => names.includes(row.eventName)).map((row) => row.createdTime))
      expect(starts('Agent')).toEqual(steps('connected', 'conferencing'))
      // Ruling 12: from `ctq-accepted`, else from the child's `connected`, else from `consulting` with a destination agent.
      const consulted = rows.filter((row) => row.eventName === 'consulting' && row.destinationAgentId !== null)
      const children = rows.filter((row) => row.eventName === 'connected' && row.childContactId !== null)
      const accepted = steps('ctq-accepted')
      expect(starts('Consult')).toEqual(
        ascending([
          ...accepted,
          ...children.map((row) => row.createdTime),
          ...consulted
            .filter(
              (row) => !rows.some((other) => other.eventName === 'ctq-accepted' && other.endedTime === row.endedTime),
            )
            .map((row) => row.createdTime),
        ]),
      )
      const [menu] = ascending([...starts('Menu'), ...starts('Bot')])
      expect(menu).toBe(task['isOutdial'] === true ? undefined : task.createdTime)
      // The leg of a call back has a queue, but nobody waits in it (ruling 20).
      const stays = starts('Queue').length
      expect(task['isCallback'] === true || stays === Number(task['queueCount'])).toBe(true)
      const unanswered = own.filter(
        (row, position) =>
          row.eventName === 'connect' &&
          row.endedTime !== -1 &&
          task['isOutdial'] === false &&
          ['parked', 'connect', 'con-to-agent-error'].includes(
            own.slice(position + 1).find((next) => next.createdTime === row.endedTime)?.eventName ?? '',
          ),
      )
      // Ruling 15: so is a blind transfer that the target does not answer.
      const isRungOut = own.some((row) => row.eventName === 'ended' && row.terminationReason === 'RONA Timer Expired')
      expect(starts('Invitation')).toEqual(
        ascending([...unanswered.map((row) => row.createdTime), ...(isRungOut ? steps('Transferred').slice(-1) : [])]),
      )
    }
  })

  it('has queue stays without overlap, answered where an agent follows', () => {
    for (const facts of byTask.values()) {
      const stays = facts.filter((fact) => fact.type === 'Queue')
      for (const stay of stays) {
        expect(stay.agentId).toBeNull()
        expect(stay.isAnswered === null).toBe(stay.endTime === null)
      }
      for (const stay of stays.filter((candidate) => candidate.isAnswered === true)) {
        const followers = facts.filter(
          (fact) => fact.type === 'Agent' && fact.startTime === stay.endTime && fact.queueId === stay.queueId,
        )
        expect(followers).toHaveLength(1)
      }
      for (const [position, next] of stays.slice(1).entries())
        expect(next.startTime).toBeGreaterThanOrEqual(stays[position]!.endTime!)
    }
  })

  it('tells when an agent left, what came after, and where a menu was', () => {
    const afterWork = tasksOf(world, asOf).flatMap((task) =>
      carsOf(task).filter((row) => row.eventName === 'WrapUp' && row.endedTime !== -1),
    )
    const worked = new Set(afterWork.map((row) => `${row.agentId} ${row.endedTime} ${row.endedTime - row.createdTime}`))
    const phases = new Set<TrueEngagement['menuPhase']>()
    const wrong = [...byTask.values()].flat().filter((fact) => {
      const { type, agentId, menuPhase, startTime, endTime, leftTime, afterWorkMs } = fact
      phases.add(menuPhase)
      if ((menuPhase !== null) !== (type === 'Menu')) return true
      if ((afterWorkMs !== null) !== (type === 'Agent' && endTime !== null)) return true
      if (afterWorkMs === null || leftTime === null) return leftTime !== null && type !== 'Agent'
      // Two who leave together work on from different milliseconds, ids carry the moment.
      const isNext = [1, 2].includes(endTime! - afterWorkMs - leftTime)
      return leftTime <= startTime || !isNext || !worked.has(`${agentId} ${endTime} ${afterWorkMs}`)
    })
    expect(wrong).toEqual([])
    expect(phases).toEqual(new Set([null, 'entry', 'after_transfer', 'in_queue', 'post_call']))
  })

  it('judges offers as the evidence of the agent side does', () => {
    const notResponding = new Set(
      sessionsOf(world, asOf).flatMap((session) =>
        session.channelInfo.flatMap((slot) =>
          rowsOf(slot.activities.nodes)
            .filter((row) => row.state === 'not-responding')
            .map((row) => `${slot.channelId} ${row.taskId} ${row.startTime}`),
        ),
      ),
    )
    const channelOf = new Map(
      tasksOf(world, asOf).flatMap((task) =>
        carsOf(task)
          .filter((row) => ['connect', 'Transferred'].includes(row.eventName))
          .map((row) => [
            `${task.id} ${row.createdTime}`,
            row.eventName === 'connect' ? row.agentChannelId : row.destinationAgentChannelId,
          ]),
      ),
    )
    const invitations = truth.engagements(EVER, asOf).filter((fact) => fact.type === 'Invitation')
    expect(invitations.some((fact) => fact.invitationResult === 'missed')).toBe(true)
    for (const fact of invitations) {
      const isMissed = notResponding.has(
        `${channelOf.get(`${fact.taskId} ${fact.startTime}`)} ${fact.taskId} ${fact.endTime}`,
      )
      const hasRungOut = fact.endTime! - fact.startTime >= 18_000
      expect([isMissed, hasRungOut]).toEqual([fact.invitationResult === 'missed', fact.invitationResult === 'missed'])
    }
  })

  it('has one status of an agent at a time, which covers each login', () => {
    const sessions = sessionsOf(world, asOf)
    const states = truth.agentStates(EVER, asOf)
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
