import { startMeasured } from './bench/measured-simulator.ts'
import { AAR_FIELDS, ASR_CHANNEL_FIELDS, ASR_FIELDS, CAR_FIELDS, CSR_FIELDS, toSelection } from '../../../packages/webex/src/selections.ts'
const UNTIL = Date.parse('2026-11-01T00:00:00Z')
const D = 86_400_000
const s = await startMeasured({ SIM_RECORDS: process.argv[2]!, SIM_SEED: '1', SIM_TASKS_PER_MONTH: process.argv[3]!, SIM_MONTHS: '13', SIM_CLOCK_SPEED: '0', SIM_CLOCK_START: new Date(UNTIL+7*D).toISOString(), SIM_HISTORY_UNTIL: new Date(UNTIL).toISOString(), SIM_RATE_LIMIT_PER_MINUTE: '1000000' })
const page = (root: string, list: string, sel: string) => `query ($from: Long!, $to: Long!, $cursor: String) { ${root}(from: $from, to: $to, pagination: { cursor: $cursor }) { ${list} { ${sel} } pageInfo { hasNextPage endCursor } } }`
const act = (n: string) => `activities(first: 100) { totalCount nodes { ${n} } pageInfo { hasNextPage endCursor } }`
const Q = {
  csr: page('taskDetails', 'tasks', toSelection(CSR_FIELDS)),
  car: page('taskDetails', 'tasks', `id channelType ${act(toSelection(CAR_FIELDS))}`),
  asr: page('agentSession', 'agentSessions', `${toSelection(ASR_FIELDS)} channelInfo { ${toSelection(ASR_CHANNEL_FIELDS)} }`),
  aar: page('agentSession', 'agentSessions', `agentSessionId agentId channelInfo { channelId channelType ${act(toSelection(AAR_FIELDS))} }`),
}
for (const [k, q] of Object.entries(Q)) {
  const days = Number(process.argv[4]!)
  for (const back of [40, 80]) {
    const from = UNTIL - back * D
    let n = 0, bytes = 0, rows = 0
    const c0 = await s.cpuMs(), t0 = performance.now()
    for (let cursor: string | undefined = 'NA'; cursor; ) { const p = await s.search(q, { from, to: from + days * D, cursor }); n++; bytes += p.bytes; cursor = p.next; rows += p.text.split('"agentSessionId"').length - 1 }
    console.log(k, 'pages', n, 'cpu/page', ((await s.cpuMs()) - c0) / n, 'wall/page', (performance.now() - t0) / n, 'KB', Math.round(bytes / n / 1000), rows)
  }
}
console.log('rss', await s.rssMb())
await s.stop()
