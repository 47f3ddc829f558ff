import { countWindows } from './count-windows.ts'
import { downloadCaptures } from './download-captures.ts'
import { fetchConfiguration } from './fetch-configuration.ts'
import { fetchLive } from './fetch-live.ts'
import { fetchSpan } from './fetch-span.ts'
import { mapSpan } from './map-span.ts'
import { mapTranscript } from './map-transcript.ts'

/** Every queue of the pipeline, in the order of the data's way. */
export const QUEUES = [
  fetchLive,
  countWindows,
  fetchConfiguration,
  fetchSpan,
  mapSpan,
  downloadCaptures,
  mapTranscript,
] as const
