/** What the vendor leaves open, in bundles: each is a tenant that could exist. Settings given by name win over their persona. */
export const PERSONA_NAMES = [
  'documented',
  'exclusive-edges',
  'lagging-index',
  'still-wrap-up',
  'rotating-tokens',
] as const
export type PersonaName = (typeof PERSONA_NAMES)[number]

export const PERSONAS: Readonly<Record<PersonaName, Readonly<Record<string, string>>>> = {
  documented: {},
  /** `from` and `to` themselves belong to no window ("created after", "created before"). */
  'exclusive-edges': { SIM_WINDOW_BOUNDS: 'open', SIM_INNER_TIES: 'skip' },
  /** The index runs behind, each record by its own delay, and its copies disagree on what came last. */
  'lagging-index': { SIM_INDEX_LAG_SECONDS: '2-45', SIM_REPLICAS: '2' },
  /** `lastActivityTime` stands still once the contact has ended. */
  'still-wrap-up': { SIM_LAST_ACTIVITY: 'until-ended', SIM_EMPTY_OBJECTS: 'null' },
  /** An older tenant: short tokens, each refresh answers a new refresh token whose clock goes on. */
  'rotating-tokens': {
    SIM_REFRESH_TOKEN_ROTATES: 'true',
    SIM_REFRESH_CLOCK_RESETS: 'false',
    SIM_ACCESS_TOKEN_SECONDS: '43200',
    SIM_REFRESH_TOKEN_SECONDS: '5184000',
  },
}
