import type { BiView } from './view.ts'
import { DIMENSIONS } from './views/dimensions.ts'
import { FACTS } from './views/facts.ts'
import { METRIC_VIEWS } from './views/metrics.ts'
import { QUALITY } from './views/quality.ts'

/** Everything that stands in schema `bi`, in an order in which it can be made. */
export const BI_VIEWS: readonly BiView[] = [...DIMENSIONS, ...FACTS, ...QUALITY, ...METRIC_VIEWS]
