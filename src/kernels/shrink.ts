/** The kernels that make smaller copies of images; no graph asks for them, and image shrinkers call them by name. */

/** Names of their exports in assembly/. */
export const SHRINK_ROWS = 'shrinkRows';
export const SHRINK_COLUMNS = 'shrinkColumns';

/** Bytes of the ramp's value at one pixel centre. */
export const RAMP_BYTES = 32;

/** Bytes of a row that is filtered along columns, at least. */
export const LEAST_ROW_BYTES = 16;

/** Bytes behind the last row, and behind an image, that may be read. */
export const SLACK_BYTES = 16;
