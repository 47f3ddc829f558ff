import type { ConfigurationEntity, RecordOf } from '../world.ts'
import type { Channel, Org } from './org.ts'
import { uuidFor } from './random.ts'

const CHANNEL: Readonly<Record<Channel, string>> = { telephony: 'TELEPHONY', chat: 'CHAT' }

/** Lists of the configuration API: webex-cc-api §6.2. Nothing in this world is ever renamed. @param sinceMs when all was set up, epoch ms */
export function renderConfiguration(
  org: Org,
  sinceMs: number,
): Readonly<Partial<Record<ConfigurationEntity, readonly RecordOf[]>>> {
  const kept = { organizationId: org.id, version: 1, createdTime: sinceMs, lastUpdatedTime: sinceMs }
  const isIdle = new Set(org.idleCodes.map((code) => code.id))
  return {
    user: org.agents.map((agent) => ({
      ...kept,
      id: agent.id,
      ciUserId: agent.ciUserId,
      firstName: agent.firstName,
      lastName: agent.lastName,
      email: agent.login,
      active: true,
      contactCenterEnabled: true,
      siteId: agent.team.site.id,
      siteName: agent.team.site.name,
      teamIds: [agent.team.id],
      skillProfileId: uuidFor(org.id, 'skill-profile', agent.skills.join()),
      multimediaProfileId: agent.team.site.multimediaProfileId,
      userProfileId: uuidFor(org.id, 'user-profile'),
      deafultDialledNumber: agent.phoneNumber,
      timezone: 'UTC',
    })),
    team: org.teams.map((team) => ({
      ...kept,
      id: team.id,
      name: team.name,
      teamType: 'AGENT',
      teamStatus: 'IN_SERVICE',
      active: true,
      siteId: team.site.id,
      siteName: team.site.name,
      userIds: org.agents.filter((agent) => agent.team === team).map((agent) => agent.id),
    })),
    'contact-service-queue': org.queues.map((queue) => ({
      ...kept,
      id: queue.id,
      name: queue.name,
      queueType: 'INBOUND',
      channelType: CHANNEL[queue.channel],
      serviceLevelThreshold: queue.serviceLevelS,
      maxActiveContacts: 250,
      maxTimeInQueue: 7200,
      routingType: 'LONGEST_AVAILABLE_AGENT',
      timezone: 'UTC',
      active: true,
      manuallyAssignable: false,
    })),
    'entry-point': [...org.entryPoints, org.outdialEntryPoint].map((door) => ({
      ...kept,
      id: door.id,
      name: door.name,
      entryPointType: door.direction,
      channelType: CHANNEL[door.channel],
      active: true,
      serviceLevelThreshold: 30,
      maximumActiveContacts: 250,
      flowId: door.flow.id,
      timezone: 'UTC',
      callbackEnabled: false,
    })),
    site: org.sites.map(({ id, name, multimediaProfileId }) => ({
      ...kept,
      id,
      name,
      active: true,
      multimediaProfileId,
    })),
    'auxiliary-code': [...org.idleCodes, ...org.wrapUpCodes].map((code) => ({
      ...kept,
      id: code.id,
      name: code.name,
      workTypeCode: isIdle.has(code.id) ? 'IDLE_CODE' : 'WRAP_UP_CODE',
      active: true,
      defaultCode: false,
      isSystemCode: code.name === 'RONA',
      description: null,
    })),
  }
}
