/**
 * GCRA (generic cell rate algorithm) in one atomic step. The time is an argument, never the server's.
 *
 * KEYS[1]: hash of one client id: `tat`, the time at which the bucket would be full again, and `closed`, until when nobody may ask.
 * ARGV: now, interval between tokens, burst, tokens this lane leaves behind, key lifetime (all ms except counts).
 * Answers 0 when a token was taken, else the milliseconds until one may be there for this lane (at least 1).
 *
 * A missing key is an *empty* bucket: after a flush the first token is one interval away and nothing bursts. `tat` is then as late as any
 * history could have left it, so the minute before the flush and the minute after it cannot add up to more than the limit.
 */
export const TAKE_TOKEN = `
local now, interval, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local tat = tonumber(redis.call('HGET', KEYS[1], 'tat') or false)
local closed = tonumber(redis.call('HGET', KEYS[1], 'closed') or false) or 0
if tat == nil then
  tat = now + burst * interval
  redis.call('HSET', KEYS[1], 'tat', string.format('%.3f', tat))
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
if now < closed then return math.ceil(closed - now) end
local allowedAt = tat - (burst - 1 - reserve) * interval
if now < allowedAt then return math.max(1, math.ceil(allowedAt - now)) end
redis.call('HSET', KEYS[1], 'tat', string.format('%.3f', math.max(tat, now) + interval))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0
`

/**
 * After a 429: nobody may ask before ARGV[1], and then the bucket is empty. A later closing wins, an earlier one changes nothing.
 * ARGV: until, interval, burst, key lifetime.
 */
export const CLOSE_BUDGET = `
local closed = tonumber(redis.call('HGET', KEYS[1], 'closed') or false) or 0
if closed >= tonumber(ARGV[1]) then return 0 end
local empty = tonumber(ARGV[1]) + ARGV[3] * ARGV[2]
redis.call('HSET', KEYS[1], 'closed', ARGV[1], 'tat', string.format('%.3f', empty))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
`
