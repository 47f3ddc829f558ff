/**
 * A query the service understands but will not run (span too long, too many filter elements …). Its HTTP status is the one the simulator is set
 * to answer for limits (`SIM_LIMIT_ERROR_STATUS`) unless the vendor documents another one; the texts are ours, the vendor's are not public.
 */
export class QueryRefused extends Error {
  readonly status: number | undefined
  constructor(message: string, status?: number) {
    super(message)
    this.name = 'QueryRefused'
    this.status = status
  }
}
