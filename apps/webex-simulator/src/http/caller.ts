import type { SimulatedOrg } from '../orgs.ts'

/** Who sent a request: known once the gate has let it pass. */
export interface Caller {
  readonly clientId: string
  readonly org: SimulatedOrg
  readonly scopes: ReadonlySet<string>
}

/** What an endpoint asks of a token: one of these scopes. A refusal names them. */
export interface Access {
  readonly anyScope: readonly string[]
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the gate (`authenticate.ts`); only paths behind it may read it. */
    caller: Caller
  }
  interface FastifyContextConfig {
    /** Set on every vendor path that needs a token. */
    access?: Access
  }
}

/** Reading of everything the contact centre has (webex-cc-api §1.8). */
export const CONFIG_READ: Access = { anyScope: ['cjp:config_read', 'cjp:config'] }
export const CONFIG_WRITE: Access = { anyScope: ['cjp:config_write', 'cjp:config'] }
export const PEOPLE_READ: Access = { anyScope: ['spark:people_read', 'spark-admin:people_read', 'spark:all'] }
