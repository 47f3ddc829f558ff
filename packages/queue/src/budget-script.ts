/**
 * GCRA (generic cell rate algorithm) in one atomic step, with lanes. The time is an argument, never the server's.
 *
 * KEYS[1]: hash of one client id: `tat`, the time at which the bucket would be full again; `closed`, until when nobody may ask; `floor:<lane>`,
 * from when on a lane is owed a token; `owed` and `owedUntil`, for whom the next token is kept; `waits:<rank>`, until when a lane is known to wait.
 * ARGV: now, interval between tokens, burst, tokens this lane leaves behind, key lifetime, lane, interval of floors, closed until (as the ledger
 * knows it, for after a flush), rank of the lane (1 is the highest), for how long a waiter is believed in; all ms except counts, rank and lane.
 * Answers 0 when a token was taken, else the milliseconds until one may be there for this lane (at least 1).
 *
 * A missing key is an *empty* bucket: after a flush the first token is one interval away and nothing bursts. `tat` is then as late as any
 * history could have left it, so the minute before the flush and the minute after it cannot add up to more than the limit.
 *
 * A lane that waits goes first of all below it: reserves alone would not do where the rate is so small that there is no burst to reserve from.
 * A lane that is owed a token leaves none behind for the others and passes those that wait, and when there is none it has the next one kept: so no
 * lane starves. Who waits is believed in for a while only, so that a waiter that dies holds nobody up. Which lane gets a token never changes
 * how many there are.
 */
export const TAKE_TOKEN = `
local key, lane, rank, believedMs = KEYS[1], ARGV[6], tonumber(ARGV[9]), tonumber(ARGV[10])
local now, interval, burst, reserve = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HMGET', key, 'tat', 'closed', 'floor:' .. lane, 'owed', 'owedUntil', 'waits:1', 'waits:2', 'waits:3')
local tat, closed, floorAt = tonumber(held[1] or false), tonumber(held[2] or false) or 0, tonumber(held[3] or false) or 0
if tat == nil then
  tat = now + burst * interval
  redis.call('HSET', key, 'tat', string.format('%.3f', tat))
  redis.call('PEXPIRE', key, ARGV[5])
end
closed = math.max(closed, tonumber(ARGV[8]))
if now < closed then return math.ceil(closed - now) end
local isDue = now >= floorAt
local isKeptForOther = held[4] and held[4] ~= lane and now < (tonumber(held[5] or false) or 0)
local isLater = false
for higher = 1, rank - 1 do
  if now < (tonumber(held[5 + higher] or false) or 0) then isLater = true end
end
if isDue then
  reserve = 0
elseif isLater then
  reserve = reserve + 1
end
if isKeptForOther then reserve = reserve + 1 end
local allowedAt = tat - (burst - 1 - reserve) * interval
if now < allowedAt then
  if isDue and not isKeptForOther then
    redis.call('HSET', key, 'owed', lane, 'owedUntil', string.format('%.3f', now + believedMs))
  end
  redis.call('HSET', key, 'waits:' .. rank, string.format('%.3f', now + believedMs))
  local floorAllowedAt = math.max(floorAt, tat - (burst - 1) * interval)
  if not isDue then allowedAt = math.min(allowedAt, floorAllowedAt) end
  return math.max(1, math.ceil(allowedAt - now))
end
redis.call('HSET', key, 'tat', string.format('%.3f', math.max(tat, now) + interval), 'floor:' .. lane, string.format('%.3f', now + ARGV[7]))
if held[4] == lane then redis.call('HDEL', key, 'owed', 'owedUntil') end
redis.call('PEXPIRE', key, ARGV[5])
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
