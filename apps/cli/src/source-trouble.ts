import { FAILURES, type FailureCode } from '@wxcc/contracts/failures'
import type { SourceStatus } from '@wxcc/db/ledger-status'

/** Why nothing is loaded for a source, and what to do: one line for each reason, none if all is well. */
export function sourceTrouble(source: SourceStatus): string[] {
  const { dataSourceKey: key, credentialState, consentCode, alarmedDays, connectionEndsAt, state, stopCode } = source
  const consent = consentCode ?? 'consent_needed'
  return [
    ...(credentialState === 'needs_consent' ? [`${key} needs consent (${consent}): ${sentenceOf(consent)}\n`] : []),
    ...(alarmedDays !== null && alarmedDays > 0
      ? [
          `${key}: the connection ends ${connectionEndsAt?.toISOString().slice(0, 10) ?? 'soon'}; consent again before: wxcc connect\n`,
        ]
      : []),
    ...(state === 'stopped'
      ? [`${key} is stopped${stopCode === null ? '' : ` (${stopCode}): ${sentenceOf(stopCode)}`}\n`]
      : []),
    ...(state === 'paused' ? [`${key} is paused: nothing is asked for until somebody lets it go on.\n`] : []),
  ]
}

function sentenceOf(code: string): string {
  return FAILURES[code as FailureCode] ?? 'see the log'
}
