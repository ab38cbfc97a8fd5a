/** The one kernel that no graph asks for: vector tables call it by name. */

/** The name of its export in assembly/. */
export const INNER_PRODUCTS = 'innerProducts';

/** Elements of a row are padded with zeros to a multiple of these. */
export const ROW_BLOCK = 4;

/** Queries that one call takes at most; so many share a pass over the rows. */
export const MOST_QUERIES = 4;
