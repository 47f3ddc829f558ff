/** `node infra/grafana/write-dashboards.ts` (`pnpm docs:grafana`): writes the files that Grafana reads. */
import { writeFile } from 'node:fs/promises'
import { DASHBOARDS, dashboardJson } from './dashboard-json.ts'

for (const dashboard of DASHBOARDS)
  await writeFile(new URL(`dashboards/${dashboard.uid}.json`, import.meta.url), dashboardJson(dashboard))
