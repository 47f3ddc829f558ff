/** What no source settles about transcripts (webex-cc-api §4.4, §10); each is a setting of the simulator. */
export interface CaptureSettings {
  /** Form of voice transcripts: `mixed` draws one for each task; `none` = the organization has none of the AI features that make them. */
  readonly voiceTranscripts: 'mixed' | 'legacy' | 'vcon' | 'none'
  /** Form of chat, e-mail and social transcripts when only one is asked for. */
  readonly digitalTranscripts: 'legacy' | 'versioned'
  /** Share of audio files with both voices on one channel. */
  readonly monoRecordings: number
  /** Share of contacts whose audio can be asked for only hours after the vendor counts it. */
  readonly lateRecordings: number
}

export const DEFAULT_CAPTURE_SETTINGS: CaptureSettings = {
  voiceTranscripts: 'mixed',
  digitalTranscripts: 'legacy',
  monoRecordings: 0,
  lateRecordings: 0,
}

/** The settings of the process in the words of the world. */
export function captureSettings(settings: {
  readonly SIM_VOICE_TRANSCRIPTS: CaptureSettings['voiceTranscripts']
  readonly SIM_DIGITAL_TRANSCRIPTS: CaptureSettings['digitalTranscripts']
  readonly SIM_MONO_RECORDINGS: number
  readonly SIM_LATE_RECORDINGS: number
}): CaptureSettings {
  return {
    voiceTranscripts: settings.SIM_VOICE_TRANSCRIPTS,
    digitalTranscripts: settings.SIM_DIGITAL_TRANSCRIPTS,
    monoRecordings: settings.SIM_MONO_RECORDINGS,
    lateRecordings: settings.SIM_LATE_RECORDINGS,
  }
}
