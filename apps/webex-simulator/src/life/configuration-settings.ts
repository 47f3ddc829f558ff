import type { ConfigurationEntity, RecordOf } from '../world.ts'
import { multimediaProfileId, skillProfileId, userProfileId, workTypeId } from './configuration-frame.ts'
import type { ItemFrame } from './configuration-frame.ts'
import type { Org } from './org.ts'
import { uuidFor } from './random.ts'

type SettingsEntity = Exclude<
  ConfigurationEntity,
  'user' | 'team' | 'contact-service-queue' | 'entry-point' | 'site' | 'auxiliary-code'
>

/**
 * Entities that records do not join, as far as the organization's life shows them. Members of global variables and address books: vendor's OpenAPI,
 * read 2026-11; those of the others are inferred from the same family.
 */
export function renderSettingsEntities(
  org: Org,
  frame: ItemFrame,
): Readonly<Record<SettingsEntity, readonly RecordOf[]>> {
  return {
    'work-type': workTypes(org, frame),
    'cad-variable': globalVariables(org, frame),
    skill: skills(org, frame),
    'skill-profile': skillProfiles(org, frame),
    'multimedia-profile': multimediaProfiles(org, frame),
    'user-profile': [
      {
        ...frame,
        id: userProfileId(org),
        name: 'Agent profile',
        description: null,
        profileType: 'STANDARD_AGENT',
        active: true,
        accessAllModules: 'SPECIFIC',
        accessAllEntryPoints: 'ALL',
        accessAllSites: 'ALL',
        accessAllQueues: 'ALL',
        accessAllTeams: 'ALL',
        systemDefault: false,
      },
    ],
    'dial-number': dialNumbers(org, frame),
    'address-book': [
      {
        ...frame,
        id: uuidFor(org.id, 'address-book'),
        name: 'Partners',
        description: null,
        parentType: 'ORGANIZATION',
        siteId: null,
      },
    ],
    'outdial-ani': outdialNumbers(org, frame),
  }
}

function workTypes(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const workType = (workTypeCode: 'IDLE_CODE' | 'WRAP_UP_CODE', name: string) => ({
    ...frame,
    id: workTypeId(org, workTypeCode),
    name,
    description: null,
    active: true,
    workTypeCode,
    systemDefault: true,
  })
  return [workType('IDLE_CODE', 'Idle'), workType('WRAP_UP_CODE', 'Wrap-up')]
}

/** Variables that flows set and tasks show, with their types in the spelling the service takes. */
const GLOBAL_VARIABLES: readonly (readonly [name: string, variableType: string, defaultValue: string])[] = [
  ['Language', 'String', 'en-US'],
  ['CustomerSegment', 'String', 'Standard'],
  ['MenuAttempts', 'Integer', '0'],
  ['IsReturningCustomer', 'Boolean', 'false'],
  ['AccountBalance', 'Decimal', '0'],
  ['EntryEpoch', 'Integer', '0'],
  ['CaseNumber', 'Integer', '0'],
]

function globalVariables(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return GLOBAL_VARIABLES.map(([name, variableType, defaultValue]) => ({
    ...frame,
    id: uuidFor(org.id, 'cad-variable', name),
    name,
    description: null,
    active: true,
    agentEditable: false,
    agentViewable: true,
    desktopLabel: name,
    variableType,
    defaultValue,
    reportable: true,
    sensitive: false,
    systemDefault: false,
  }))
}

function skills(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return [
    {
      ...frame,
      id: uuidFor(org.id, 'skill', 'Topic'),
      name: 'Topic',
      description: null,
      skillType: 'TEXT',
      serviceLevelThreshold: 30,
      active: true,
      systemDefault: false,
    },
  ]
}

/** One profile for each combination of skills that agents have. */
function skillProfiles(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const combinations = new Map(org.agents.map((agent) => [agent.skills.join(), agent.skills]))
  return [...combinations.values()].map((names) => ({
    ...frame,
    id: skillProfileId(org, names),
    name: names.join(' and '),
    description: null,
    activeSkills: names.map((textValue) => ({ skillId: uuidFor(org.id, 'skill', 'Topic'), textValue })),
    systemDefault: false,
  }))
}

/** One for each combination of slots that agents have, and the sites' own. */
function multimediaProfiles(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const profile = (id: string, name: string, slots: readonly string[]) => {
    const count = (channel: string) => slots.filter((slot) => slot === channel).length
    return {
      ...frame,
      id,
      name,
      description: null,
      active: true,
      blendingModeEnabled: true,
      blendingMode: 'BLENDED',
      telephony: count('telephony'),
      chat: count('chat'),
      email: count('email'),
      social: count('social_channel'),
      systemDefault: false,
    }
  }
  const bySlots = new Map(org.agents.map(({ slots }) => [multimediaProfileId(org, slots), slots]))
  return [
    ...[...bySlots].map(([id, slots]) => profile(id, `Profile ${[...new Set(slots)].join(' ')}`, slots)),
    ...org.sites.map((site) => profile(site.multimediaProfileId, `${site.name} profile`, ['telephony'])),
  ]
}

function dialNumbers(org: Org, frame: ItemFrame): readonly RecordOf[] {
  return org.entryPoints
    .filter((door) => door.channel === 'telephony' && door.address.startsWith('+'))
    .map((door, position) => ({
      ...frame,
      id: uuidFor(org.id, 'dial-number', door.address),
      dialledNumber: door.address,
      entryPointId: door.id,
      entryPointName: door.name,
      defaultAni: position === 0,
    }))
}

function outdialNumbers(org: Org, frame: ItemFrame): readonly RecordOf[] {
  const { address, name } = org.outdialEntryPoint
  return [
    {
      ...frame,
      id: uuidFor(org.id, 'outdial-ani'),
      name,
      description: null,
      outdialANIEntries: [{ ...frame, id: uuidFor(org.id, 'outdial-ani', address), name, number: address }],
    },
  ]
}
