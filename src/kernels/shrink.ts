/** The kernels that make smaller copies of images; no graph asks for them, and image shrinkers call them by name. */

/** Names of their exports in assembly/. */
export const SHRINK_ROWS = 'shrinkRows';
export const SHRINK_COLUMNS = 'shrinkColumns';

/** Bytes of the ramp's value at one pixel centre, and how many values a row has beside its pixels. */
export const RAMP_BYTES = 16;
export const RAMP_MARGIN = 3;

/** Pixels of a row that an output pixel stands for at most: the sums then fit 32 bits. */
export const LARGEST_STEP = 1024;

/** Bytes of a row that is filtered along columns, at least. */
export const LEAST_ROW_BYTES = 16;

/** Bytes behind the last row, and behind an image, that may be read. */
export const SLACK_BYTES = 16;
