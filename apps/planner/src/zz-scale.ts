import { openBench, addTestSource, addConversations, answerCensuses, mapFetch, queuedFetches, NOON, QUARTER } from './ledger.testing.ts'
import { tick } from './tick.ts'
const b = await openBench({ databaseUrl: process.env.DB, redisUrl: process.env.RD, prefix: 'scale2' })
const s = await addTestSource(b.db, { key:'big', loadFromMs: NOON - 395*96*QUARTER })
b.time.nowMs = NOON + 6*60000
let stored = false
for (let i=0;i<60;i++){ const t=performance.now(); const r=await tick(b); const ms=Math.round(performance.now()-t); const n=await answerCensuses(b,(w,st)=> st==='task'? 14 : (w/QUARTER)%4===0?1:0);
 if (!stored) { stored = true; for (let d=0; d<40; d++) { await addConversations(b.db, s, { startMs: NOON - (d+1)*96*QUARTER, count: 500 }) } }
 const q = await queuedFetches(b.db,'span'); for (const f of q) await mapFetch(b,f)
 console.log(i,ms,JSON.stringify(r),n,q.length); b.time.nowMs+=1000; if (r.delivered===0 && i>14) break }
for (const q of await b.db.selectFrom('etl.load_window').select(eb=>['stream','state',eb.fn.countAll().as('n')]).groupBy(['stream','state']).execute()) console.log(Object.values(q).join(' '))
await b.close()
