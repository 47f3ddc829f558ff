import type { FastifyInstance } from 'fastify'

/** What there is under `/_sim/`, for a person or a program that looks around. */
export const CALLS = {
  'GET /_sim/clock': 'the simulated moment and the clock’s speed',
  'POST /_sim/clock': '{advanceMs} or {nowMs}, and {speed}',
  'GET /_sim/orgs': 'organizations, persona, settings that differ from the defaults',
  'GET /_sim/info':
    'one organization: history, moment shown, counts (?org=, ?counts=true|false), and what the process costs',
  'GET /_sim/requests': 'traffic, clients against their limit, rows served; ?last=n adds the latest requests',
  'GET /_sim/faults': 'faults with what they hit, tasks that are dropped',
  'POST /_sim/faults': 'adds a list of faults',
  'DELETE /_sim/faults': 'clears them; /_sim/faults/{id} one of them',
  'GET /_sim/truth/{what}':
    'what really happened: tasks, engagements, turns, captures, agent-states, windows; ?from=&to=&org=',
  'GET /_sim/oauth': 'apps and grants, without token texts',
  'POST /_sim/oauth/revoke': '{clientId?, orgId?, grantId?}',
  'POST /_sim/oauth/codes':
    'an authorization code without a browser: {clientId, email|role, orgId?, scope, redirectUri}',
  'GET /_sim/configuration': 'changes to the configuration, made or to come; ?org=',
  'POST /_sim/configuration': '{entity, id, action: rename|deactivate|delete, name?}',
  'GET /_sim/webhooks': 'subscriptions, deliveries and how unreliable they are; ?org=',
  'POST /_sim/webhooks': '{loss?, doubles?, shuffleSeconds?}',
  'GET /metrics': 'traffic and memory in the text format of Prometheus',
} as const

export function registerControlIndex(app: FastifyInstance): void {
  for (const path of ['/_sim', '/_sim/']) app.get(path, (_request, reply) => reply.send({ calls: CALLS }))
}
