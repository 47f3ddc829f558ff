import { uuidFor } from '../life/random.ts'
import type { SimulatedOrg } from '../orgs.ts'
import type { RecordOf } from '../world.ts'
import { webexId } from './people-ids.ts'
import { VENDOR_ROLES } from './person.ts'
import type { Person } from './person.ts'

/**
 * An item of the People API (webex-cc-api §6.3). Members of telephony and presence that a contact centre's client has no use for are left out. Role
 * ids decode to the role's name: inferred.
 */
export function renderPerson(org: SimulatedOrg, person: Person): RecordOf {
  const since = new Date(org.world.history.fromMs).toISOString()
  const isMachine = person.roles.includes('service-app')
  const roles = person.roles.map((role) => VENDOR_ROLES[role]).filter((name) => name !== undefined)
  return {
    id: webexId('PEOPLE', person.uuid),
    emails: [person.email],
    phoneNumbers: person.phoneNumber === undefined ? [] : [{ type: 'work', value: person.phoneNumber, primary: true }],
    displayName: person.displayName,
    nickName: person.firstName,
    firstName: person.firstName,
    lastName: person.lastName,
    orgId: webexId('ORGANIZATION', org.id),
    roles: roles.map((name) => webexId('ROLE', name)),
    licenses: isMachine ? [] : [webexId('LICENSE', uuidFor(org.id, 'license'))],
    created: since,
    lastModified: since,
    timezone: person.timeZone,
    lastActivity: since,
    status: 'unknown',
    invitePending: false,
    loginEnabled: !isMachine,
    type: isMachine ? 'bot' : 'person',
  }
}
