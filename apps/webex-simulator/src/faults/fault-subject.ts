import type { FastifyRequest } from 'fastify'
import type { Caller } from '../http/caller.ts'
import type { FaultSubject } from './fault-list.ts'

/** What faults are matched by in a request; paths without a token have no caller. */
export function faultSubject(request: FastifyRequest): FaultSubject {
  const caller: Caller | undefined = request.caller
  return {
    path: request.url,
    // Only made when a fault is matched by it: answers without faults cost nothing.
    get text() {
      return request.body === undefined ? '' : JSON.stringify(request.body)
    },
    org: caller?.org.id,
    client: caller?.clientId,
  }
}
