import { capturePath } from '../captures/capture-path.ts'
import type { SignedLinks } from '../captures/signed-links.ts'
import { textOf } from '../json.ts'
import type { Orgs } from '../orgs.ts'
import type { CourierOptions } from './courier.ts'

/** As long as Captures' own links live at most (webex-cc-api §4.1). */
const LINK_SECONDS = 3600

export interface EventDataOptions {
  readonly orgs: Orgs
  readonly links: SignedLinks
  readonly nowMs: () => number
}

/**
 * `data` of an event as it is sent. `capture:available` carries a ready signed URL in `filePath` (webex-cc-api §5.3), which is minted now: the world
 * tells only which of the contact's recordings it is, by `captureIndex`, and that is not sent.
 */
export function createEventData({ orgs, links, nowMs }: EventDataOptions): CourierOptions['dataFor'] {
  return ({ orgId, ownOrigin }, { type, data }) => {
    if (type !== 'capture:available') return data
    const { captureIndex, ...told } = data
    const org = orgs.find(orgId)
    const taskId = textOf(data['taskId'])
    const position = Number(captureIndex ?? 0)
    const listed = org?.world.captures(taskId, org.seen.asOfMs())?.recording[position]
    if (listed === undefined) return { ...told, filePath: null }
    const path = capturePath(orgId, taskId, 'recording', { ...listed, position })
    return { ...told, filePath: `${ownOrigin}${links.mint(path, nowMs(), LINK_SECONDS)}` }
  }
}
