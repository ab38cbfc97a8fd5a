/** What ncnn's text files begin with; apart from their parser, which is loaded only for such a file. */

/** The first line of every text `.param` file. */
export const PARAM_MAGIC = '7767517';
