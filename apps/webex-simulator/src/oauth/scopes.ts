/** Scopes an app can be registered for, in words for the person who consents. Sources: webex-cc-api §1.1, §1.8. */
const SCOPE_WORDS = {
  'cjp:config': 'Read and change everything your contact center has: settings, reports, recordings',
  'cjp:config_read': 'Read your contact center’s settings, reports, recordings and transcripts',
  'cjp:config_write': 'Change your contact center’s settings and subscriptions',
  'cjp:user': 'Work as you in the agent desktop',
  'cjp:task_read': 'Read tasks while they are being handled',
  'cjp:task_write': 'Create tasks and add messages to them',
  'spark:people_read': 'Read the profiles of people in your organization',
  'spark-admin:people_read': 'List all people of your organization',
  'spark:all': 'Use everything of your Webex account',
  'spark:applications_token': 'Fetch tokens of service apps you own',
  'Identity:SCIM': 'Look up people’s identities as an administrator',
  'Identity:Organization': 'Read your organization’s record as an administrator',
} as const satisfies Readonly<Record<string, string>>

export type Scope = keyof typeof SCOPE_WORDS
export const SCOPES = Object.keys(SCOPE_WORDS) as readonly Scope[]

const isScope = (scope: string): scope is Scope => scope in SCOPE_WORDS

/** Scopes of an app may be any text; those nobody knows are shown as they are. */
export const wordsOf = (scope: string): string => (isScope(scope) ? SCOPE_WORDS[scope] : scope)

/** A space-separated list as it comes in requests and settings; empty parts and doubles are dropped. */
export const splitScopes = (text: string): readonly string[] => [...new Set(text.split(/\s+/).filter(Boolean))]
