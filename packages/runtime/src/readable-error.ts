/**
 * An error whose message was written for whoever started us: one line, names of settings, no values. `runMain` prints it as it is; every other
 * error is logged without its message.
 */
export class ReadableError extends Error {}
