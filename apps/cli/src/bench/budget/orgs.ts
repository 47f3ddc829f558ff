/** One simulated organisation and the client id through which it is loaded. Several may share a client id, and so its limit. */
export interface BenchOrg {
  readonly key: string
  readonly orgId: string
  readonly clientId: string
  readonly seed: number
  readonly tasksPerDay: number
}

/** `perClient` organisations of the same size behind each of `clients` client ids. */
export function orgsOf(asked: {
  readonly clients: number
  readonly perClient: number
  readonly tasksPerDay: number
  readonly seed: number
}): BenchOrg[] {
  return Array.from({ length: asked.clients * asked.perClient }, (_, index) => ({
    key: `org_${index + 1}`,
    orgId: orgIdOf(index),
    clientId: `bench-${(index % asked.clients) + 1}`,
    seed: asked.seed + index,
    tasksPerDay: asked.tasksPerDay,
  }))
}

/** What the simulator reads as `SIM_ORGS`. A client's secret stands where it is named first. */
export function orgsFile(orgs: readonly BenchOrg[], days: number): string {
  return JSON.stringify(
    orgs.map((org, index) => ({
      id: org.orgId,
      name: org.key,
      seed: org.seed,
      tasksPerDay: org.tasksPerDay,
      agents: Math.max(3, Math.round(org.tasksPerDay / 100)),
      days,
      clients: [
        {
          id: org.clientId,
          refreshToken: refreshTokenOf(org),
          redirectUris: ['http://127.0.0.1:*'],
          ...(orgs.findIndex(({ clientId }) => clientId === org.clientId) === index
            ? { secret: secretOf(org), scopes: 'cjp:config_read' }
            : {}),
        },
      ],
    })),
  )
}

export function refreshTokenOf(org: BenchOrg): string {
  return `refresh-${org.key}`
}

export function secretOf(org: BenchOrg): string {
  return `secret-${org.clientId}`
}

export function orgIdOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`
}
