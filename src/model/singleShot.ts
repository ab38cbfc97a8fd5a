/** Single-shot detectors as data: where their anchors stand, and how outputs become boxes and landmarks. */

/** Cells of one stride of the input, and the anchors of each. */
export interface AnchorLevel {
  /** Pixels of the input between cells. */
  readonly stride: number;
  /** What an anchor's outputs are multiplied by, in pixels of the input: its side, or the stride. One anchor each. */
  readonly sizes: readonly number[];
}

/** How a single-shot detector is used; its pixels are made as the card's `input` says. */
export interface CardSingleShot {
  /**
   * How a photograph becomes the input: scaled until it fits and put into the upper left corner or the middle, black
   * around it, or stretched to it.
   */
  readonly fit: 'corner' | 'centre' | 'stretch';
  readonly levels: readonly AnchorLevel[];
  /** Where in its cell an anchor's centre stands, as a share of the stride. */
  readonly cellCentre: number;
  /**
   * What the four outputs of a box are. `distances`: from the anchor's centre to the left, upper, right and lower edge.
   * `offsets`: of its centre, and the logarithms of its sides. `extents`: of its centre, and its sides. All in sizes of
   * the anchor. `corners`: shares of the input, anchors not needed.
   */
  readonly boxes: 'distances' | 'offsets' | 'extents' | 'corners';
  /** What offsets, and logarithms of sides, are multiplied by. */
  readonly variances: readonly [centre: number, side: number];
  /** Columns of an anchor's score: the face's alone, or that of no face before it. */
  readonly scoreColumns: 1 | 2;
  /** `logits` become probabilities by 1 / (1 + exp(−x)). */
  readonly scores: 'probabilities' | 'logits';
  /** `five` as alignment takes them; `six`: eyes, nose, middle of the mouth and ears; or `none`. */
  readonly landmarks: 'five' | 'six' | 'none';
  /** Score from which a box is kept, 0 to 1. */
  readonly threshold: number;
  /** Share of their union above which the weaker of two boxes goes, 0 to 1. */
  readonly overlap: number;
  /** Of boxes that overlap the best stays, or their mean weighted by score. */
  readonly merge: 'best' | 'mean';
}
