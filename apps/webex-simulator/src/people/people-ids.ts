/** Webex ids are base64 of `ciscospark://{cluster}/{kind}/{uuid}`, without padding (webex-cc-api §6.3). */
type IdKind = 'PEOPLE' | 'ORGANIZATION' | 'ROLE' | 'LICENSE' | 'APPLICATION'

export function webexId(kind: IdKind, key: string): string {
  return Buffer.from(`ciscospark://us/${kind}/${key}`).toString('base64url')
}

/** What stands behind such an id, of any cluster; undefined for anything else. */
export function keyOfWebexId(kind: IdKind, id: string): string | undefined {
  return new RegExp(`^ciscospark://[a-z0-9]+/${kind}/([^/]+)$`).exec(Buffer.from(id, 'base64').toString('utf8'))?.[1]
}
