import { expect, it } from 'vitest'
import { scoresOf, surveyOf } from './survey.ts'

const csr = (feedback: unknown) => ({ id: 't', createdTime: 1, feedback })
const UNASKED = {
  survey_opt_in: null,
  survey_type: null,
  survey_questions_presented: null,
  survey_questions_answered: null,
  survey_completed: null,
}

it.each([
  ['no feedback', undefined, UNASKED],
  ['null', null, UNASKED],
  ['text instead of an object', 'x', UNASKED],
  ['empty members', { surveyOptIn: '', type: null, questionsPresented: -1, questionsAnswered: '2' }, UNASKED],
  [
    'asked, not answered',
    { surveyOptIn: true, type: 'DEFERRED', questionsPresented: 2, questionsAnswered: 0, surveyCompleted: false },
    {
      survey_opt_in: 'true',
      survey_type: 'DEFERRED',
      survey_questions_presented: 2,
      survey_questions_answered: 0,
      survey_completed: false,
    },
  ],
])('survey: %s', (_what, feedback, facts) => {
  expect(surveyOf(csr(feedback))).toEqual(facts)
})

it('cuts what is no word, since a customer may have said it', () => {
  expect(surveyOf(csr({ surveyOptIn: 'y'.repeat(500) })).survey_opt_in).toHaveLength(40)
})

it('scores: of the customer, predicted, none', () => {
  expect(scoresOf({ csat_score: 4, auto_csat: 3.5 })).toEqual([
    { question: 'csatScore', reviewType: 'Customer', score: 4 },
    { question: 'autoCsat', reviewType: 'Auto', score: 3.5 },
  ])
  expect(scoresOf({ csat_score: null, auto_csat: null })).toEqual([])
})
