import type { ConfigurationEntity, RecordOf } from '../world.ts'
import { isTranscribedQueue } from './captures/spoken.ts'
import { multimediaProfileId, skillProfileId, userProfileId, workTypeId } from './configuration-frame.ts'
import type { ItemFrame } from './configuration-frame.ts'
import { renderSettingsEntities } from './configuration-settings.ts'
import type { Channel, Org } from './org.ts'
import { uuidFor } from './random.ts'

const CHANNEL: Readonly<Record<string, string>> = {
  telephony: 'TELEPHONY',
  chat: 'CHAT',
  email: 'EMAIL',
  social_channel: 'SOCIAL_CHANNEL',
} satisfies Readonly<Record<Channel, string>> & Record<string, string>

/**
 * Lists of the configuration API, items with all they have: webex-cc-api §6.2. As set up when the centre opened; what an administrator changes later
 * is laid over it by the HTTP side. @param sinceMs when all was set up, epoch ms
 */
export function renderConfiguration(
  org: Org,
  sinceMs: number,
): Readonly<Record<ConfigurationEntity, readonly RecordOf[]>> {
  const frame: ItemFrame = { organizationId: org.id, version: 0, createdTime: sinceMs, lastUpdatedTime: sinceMs }
  return {
    user: users(org, frame),
    team: teams(org, frame),
    'contact-service-queue': queues(org, frame),
    'entry-point': entryPoints(org, frame),
    site: org.sites.map(({ id, name, multimediaProfileId }) => ({
      ...frame,
      id,
      name,
      active: true,
      multimediaProfileId,
      description: null,
      systemDefault: false,
    })),
    'auxiliary-code': auxiliaryCodes(org, frame),
    ...renderSettingsEntities(org, frame),
  }
}

function users(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return org.agents.map((agent) => ({
    ...frame,
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
    skillProfileId: skillProfileId(org, agent.skills),
    agentProfileId: uuidFor(org.id, 'desktop-profile'),
    multimediaProfileId: multimediaProfileId(org, agent.slots),
    userProfileId: userProfileId(org),
    externalIdentifier: null,
    // The vendor's spelling (§6.2).
    deafultDialledNumber: agent.phoneNumber,
    workPhone: agent.phoneNumber,
    timezone: 'UTC',
    dbId: null,
  }))
}

function teams(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const members = Map.groupBy(org.agents, (agent) => agent.team.id)
  return org.teams.map((team) => ({
    ...frame,
    id: team.id,
    name: team.name,
    description: null,
    teamType: 'AGENT',
    teamStatus: 'IN_SERVICE',
    active: true,
    siteId: team.site.id,
    siteName: team.site.name,
    multiMediaProfileId: team.site.multimediaProfileId,
    systemDefault: false,
    userIds: (members.get(team.id) ?? []).map((agent) => agent.id),
  }))
}

function queues(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return org.pods.flatMap((pod) =>
    pod.queues.map((queue) => {
      const served = pod.agents.filter((agent) => agent.skills.includes(queue.skill))
      const skill = { skillId: uuidFor(org.id, 'skill', 'Topic'), skillName: 'Topic', skillType: 'TEXT' }
      return {
        ...frame,
        id: queue.id,
        name: queue.name,
        description: null,
        queueType: 'INBOUND',
        channelType: CHANNEL[queue.channel] ?? 'OTHERS',
        socialChannelType: null,
        serviceLevelThreshold: queue.serviceLevelS,
        maxActiveContacts: 250,
        maxTimeInQueue: 7200,
        routingType: 'LONGEST_AVAILABLE_AGENT',
        queueRoutingType: 'TEAM_BASED',
        skillBasedRoutingType: null,
        timezone: 'UTC',
        active: true,
        manuallyAssignable: false,
        recordingPermitted: true,
        queueLevelRealTimeTranscriptionsInclusion: isTranscribedQueue(queue) ? 'INCLUDED' : 'EXCLUDED',
        queueSkillRequirements: [
          { ...frame, id: uuidFor(queue.id, 'requirement'), ...skill, condition: 'IS', skillValue: queue.skill },
        ],
        callDistributionGroups: [
          {
            agentGroups: [...new Set(served.map((agent) => agent.team.id))].map((teamId) => ({ teamId })),
            order: 1,
            duration: 0,
          },
        ],
      }
    }),
  )
}

function entryPoints(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return [...org.entryPoints, org.outdialEntryPoint].map((door) => ({
    ...frame,
    id: door.id,
    name: door.name,
    description: null,
    entryPointType: door.direction,
    channelType: CHANNEL[door.channel] ?? 'OTHERS',
    socialChannelType: null,
    active: true,
    serviceLevelThreshold: 30,
    maximumActiveContacts: 250,
    flowId: door.flow.id,
    flowTagId: door.flow.tag.id,
    timezone: 'UTC',
    callbackEnabled: false,
    assetId: null,
    flowOverrideSettings: [],
  }))
}

function auxiliaryCodes(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const codes = (kind: 'IDLE_CODE' | 'WRAP_UP_CODE', list: Org['idleCodes']) =>
    list.map(({ id, name }) => ({
      ...frame,
      id,
      name,
      workTypeCode: kind,
      workTypeId: workTypeId(org, kind),
      active: true,
      defaultCode: false,
      isSystemCode: name === 'RONA',
      description: null,
      burnoutInclusion: 'EXCLUDED',
    }))
  return [...codes('IDLE_CODE', org.idleCodes), ...codes('WRAP_UP_CODE', org.wrapUpCodes)]
}
