/**
 * A query the service understands but will not run (span too long, too many filter elements …). The HTTP status is 400 unless the vendor
 * documents another one; the texts are ours, the vendor's are not public.
 */
export class QueryRefused extends Error {
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.name = 'QueryRefused'
    this.status = status
  }
}
