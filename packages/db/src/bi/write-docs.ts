/** `node packages/db/src/bi/write-docs.ts` (`pnpm docs:bi`): writes the pages that are made from the views. */
import { writeFile } from 'node:fs/promises'
import { metricsMarkdown, viewsMarkdown } from './catalogue.ts'

const docs = new URL('../../../../docs/', import.meta.url)
await writeFile(new URL('metrics.md', docs), metricsMarkdown())
await writeFile(new URL('bi-views.md', docs), viewsMarkdown())
