/** Raised with every change of a rule that changes rows; rows of older versions are re-derived. */
export const MAPPING_VERSION = 2
