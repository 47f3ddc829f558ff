import { type CsrRecord, knownMs, knownText } from './records.ts'

/** What the vendor says about a survey of the contact (webex-cc-api §3.10.1 `feedback`), apart from the comment, which is personal. */
export interface SurveyFacts {
  readonly survey_opt_in: string | null
  readonly survey_type: string | null
  readonly survey_questions_presented: number | null
  readonly survey_questions_answered: number | null
  readonly survey_completed: boolean | null
}

export function surveyOf(csr: CsrRecord): SurveyFacts {
  const feedback = (csr['feedback'] ?? {}) as Readonly<Record<string, unknown>>
  return {
    survey_opt_in: knownWord(feedback['surveyOptIn']),
    survey_type: knownWord(feedback['type']),
    survey_questions_presented: countOf(feedback['questionsPresented']),
    survey_questions_answered: countOf(feedback['questionsAnswered']),
    survey_completed: typeof feedback['surveyCompleted'] === 'boolean' ? feedback['surveyCompleted'] : null,
  }
}

/** A word of the vendor's, not a sentence of the customer's. */
const MAX_WORD = 40

function knownWord(value: unknown): string | null {
  const text = typeof value === 'boolean' ? String(value) : knownText(value)
  return text?.slice(0, MAX_WORD) ?? null
}

function countOf(value: unknown): number | null {
  const count = typeof value === 'number' ? knownMs(value) : null
  return count === null ? null : Math.trunc(count)
}

/** A score as a review: what was asked, what was answered. */
export interface ScoreFacts {
  readonly question: 'csatScore' | 'autoCsat'
  readonly reviewType: 'Customer' | 'Auto'
  readonly score: number
}

/** The scores of a conversation: the customer's own, and the predicted one. */
export function scoresOf(conversation: {
  readonly csat_score: number | null
  readonly auto_csat: number | null
}): ScoreFacts[] {
  const { csat_score: csatScore, auto_csat: autoCsat } = conversation
  return [
    ...(csatScore === null ? [] : [{ question: 'csatScore', reviewType: 'Customer', score: csatScore } as const]),
    ...(autoCsat === null ? [] : [{ question: 'autoCsat', reviewType: 'Auto', score: autoCsat } as const]),
  ]
}
