import type { Org } from './org.ts'
import { uuidFor } from './random.ts'

/** What every item of one organization carries (webex-cc-api §6.2). */
export interface ItemFrame {
  readonly organizationId: string
  readonly version: number
  readonly createdTime: number
  readonly lastUpdatedTime: number
}

export const skillProfileId = (org: Org, skills: readonly string[]) => uuidFor(org.id, 'skill-profile', skills.join())
/** Agents with the same slots share a profile. */
export const multimediaProfileId = (org: Org, slots: readonly string[]) =>
  uuidFor(org.id, 'multimedia-profile', slots.join())
export const userProfileId = (org: Org) => uuidFor(org.id, 'user-profile')
export const workTypeId = (org: Org, code: 'IDLE_CODE' | 'WRAP_UP_CODE') => uuidFor(org.id, 'work-type', code)
