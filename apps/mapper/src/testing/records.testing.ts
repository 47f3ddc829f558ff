import type { AarRecord, AsrRecord, CarRecord, CsrRecord } from '../rules/records.ts'

/** 2026-03-02T10:00:00Z, on the quarter hour. */
export const TEN = Date.UTC(2026, 2, 2, 10)
const SECOND = 1_000
export const MINUTE = 60 * SECOND

/** What must be found in `pii` and nowhere else. All invented; the number is of a range reserved for fiction. */
export const CANARY = {
  phone: '+15550100777',
  name: 'Canary Birdsong',
  card: '4111-canary',
  message: 'canary sings at dawn',
  comment: 'canary was unhappy',
}

export interface TaskRecords {
  readonly csr: CsrRecord
  readonly cars: readonly CarRecord[]
  /** As the vendor counts; the number of CARs unless the test says otherwise. */
  readonly totalCount?: number
}

type Step = readonly [event: string, fromSecond: number, toSecond: number, fields?: Partial<CarRecord>]

/** A task whose steps are told in seconds from its start. */
export function task(
  id: string,
  startMs: number,
  steps: readonly Step[],
  fields: Partial<CsrRecord> = {},
): TaskRecords {
  const at = (second: number) => startMs + second * SECOND
  const last = Math.max(...steps.map(([, , to]) => to))
  const ended = steps.find(([event]) => event === 'ended')
  const csr: CsrRecord = {
    id,
    createdTime: startMs,
    endedTime: ended ? at(ended[1]) : -1,
    lastActivityTime: at(last),
    isActive: ended === undefined,
    channelType: 'telephony',
    direction: 'inbound',
    origin: CANARY.phone,
    destination: '+15550100001',
    customer: { name: CANARY.name, phoneNumber: CANARY.phone },
    lastEntryPoint: { id: 'ep-main', name: 'Main line' },
    lastQueue: { id: 'q-sales', name: 'Sales' },
    globalVariables: { Language: 'cs', Card: CANARY.card },
    feedback: { comment: CANARY.comment },
    ...fields,
  }
  const cars = steps.map(([eventName, from, to, more], index) => ({
    id: `${id}-${at(from)}-${eventName}-${index}`,
    eventName,
    createdTime: at(from),
    endedTime: at(to),
    duration: (to - from) * SECOND,
    ...more,
  }))
  return { csr, cars }
}

const SALES = { queueId: 'q-sales', queueName: 'Sales' }
const ANN = {
  agentId: 'ann',
  agentName: 'Ann Agent',
  teamId: 'team-1',
  teamName: 'Team One',
  siteId: 'site-1',
  siteName: 'Site One',
}

/** Flow, queue, Ann answers, wrap-up: Menu, Queue and Agent rows. */
export function answeredCall(id: string, startMs: number, fields: Partial<CsrRecord> = {}): TaskRecords {
  return task(
    id,
    startMs,
    [
      [
        'new',
        0,
        2,
        { entrypointId: 'ep-main', entrypointName: 'Main line', ivrScriptId: 'flow-1', ivrScriptName: 'Welcome' },
      ],
      ['flow-activity', 1, 1, { activityName: 'PlayMessage', ivrScriptId: 'flow-1', ivrScriptName: 'Welcome' }],
      ['parked', 2, 12, SALES],
      ['connect', 12, 17, { ...SALES, ...ANN }],
      ['connected', 17, 77, { ...SALES, ...ANN }],
      ['ended', 77, 77],
      ['WrapUp', 77, 87, { ...SALES, ...ANN }],
    ],
    { lastWrapUpCodeId: 'wrap-1', lastWrapupCodeName: 'Solved', captureRequested: true, ...fields },
  )
}

/** Ann is offered the call for 5 s and does not take it; the caller leaves. Without other evidence that is a decline. */
export function declinedCall(id: string, startMs: number): TaskRecords {
  return task(id, startMs, [
    ['new', 0, 1, { ivrScriptId: 'flow-1', ivrScriptName: 'Welcome' }],
    ['parked', 1, 10, SALES],
    ['connect', 10, 15, { ...SALES, ...ANN }],
    ['parked', 15, 40, SALES],
    ['ended', 40, 40],
  ])
}

export interface SessionRecords {
  readonly asr: AsrRecord
  readonly channels: readonly {
    readonly channelId: string
    readonly activities: readonly AarRecord[]
    readonly totalCount?: number
  }[]
}

export type State = readonly [state: string, fromSecond: number, toSecond: number | null, fields?: Partial<AarRecord>]

/** Ann's login; states of one voice channel, in seconds from the login. A last state without an end is still going on. */
export function session(
  id: string,
  loginMs: number,
  states: readonly State[],
  logoutSecond: number | null,
): SessionRecords {
  const at = (second: number) => loginMs + second * SECOND
  const activities = states.map(([state, from, to, fields]) => ({
    id: `${id}-voice-${at(from)}-${state}`,
    state,
    startTime: at(from),
    endTime: to === null ? -1 : at(to),
    duration: to === null ? -1 : (to - from) * SECOND,
    ...fields,
  }))
  const lastAt = at(Math.max(...states.map(([, from, to]) => to ?? from)))
  return {
    asr: {
      agentSessionId: id,
      agentId: 'ann',
      agentName: 'Ann Agent',
      userLoginId: 'ann@example.test',
      teamId: 'team-1',
      teamName: 'Team One',
      siteId: 'site-1',
      siteName: 'Site One',
      startTime: loginMs,
      endTime: logoutSecond === null ? -1 : at(logoutSecond),
      isActive: logoutSecond === null,
      channelInfo: [
        {
          channelId: `${id}-voice`,
          channelType: 'telephony',
          agentPhoneNumber: CANARY.phone,
          lastActivityTime: lastAt,
        },
      ],
    },
    channels: [{ channelId: `${id}-voice`, activities }],
  }
}
