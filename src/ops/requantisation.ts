/** From 32-bit sums to int8 in integers alone: the multipliers that scales amount to, and the arithmetic that uses them. */

/** Bits by which lifted sums are shifted down to 16 bits, and bits of the multipliers' fraction. */
const SHIFT = 10;
const MULTIPLIER_BITS = 15;
/** The largest lift: sums are multiplied by 2^lift. */
export const LARGEST_LIFT = 15;
const LARGEST_MULTIPLIER = 32767;

/** How the sums of one channel become outputs. */
export interface ChannelMultipliers {
  /** 0 to LARGEST_LIFT. */
  readonly lift: number;
  /** For sums of 0 and more. */
  readonly positive: number;
  /** For sums below 0; they differ with a slope. */
  readonly negative: number;
}

/** What all channels of a layer share. */
export interface OutputRounding {
  /** Bits of an output below its whole part, 1 to 14. */
  readonly fraction: number;
  readonly zeroPoint: number;
  /** Limits of the output; they make the activation. */
  readonly least: number;
  readonly most: number;
  /** For the residual: its zero point, and residual scale / output scale · 2^(fraction + 8). */
  readonly residualZeroPoint: number;
  readonly residualMultiplier: number;
}

function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5);
}

/** A multiplier of 16 bits that is never −2¹⁵. */
function multiplierOf(value: number): number {
  return Math.min(Math.max(roundHalfUp(value), -LARGEST_MULTIPLIER), LARGEST_MULTIPLIER);
}

/**
 * The multipliers of one channel. `ratio` is input scale · weight scale / output scale · 2^fraction, `slope` what sums
 * below 0 are multiplied by besides, 1 without a slope. The lift is the smallest that keeps both within 16 bits.
 */
export function channelMultipliers(ratio: number, slope: number): ChannelMultipliers {
  const largest = Math.max(ratio, Math.abs(ratio * slope));
  let lift = 0;
  while (lift < LARGEST_LIFT && roundHalfUp(largest * 2 ** (SHIFT + MULTIPLIER_BITS - lift)) > LARGEST_MULTIPLIER)
    lift++;
  const unit = 2 ** (SHIFT + MULTIPLIER_BITS - lift);
  return { lift, positive: multiplierOf(ratio * unit), negative: multiplierOf(ratio * slope * unit) };
}

/** The residual's multiplier. */
export function residualMultiplier(ratio: number, fraction: number): number {
  return multiplierOf(ratio * 2 ** (fraction + 8));
}

function saturate16(value: number): number {
  return Math.min(Math.max(value, -32768), 32767);
}

/** (a · b + 2¹⁴) >> 15. */
function multiplyRounded(a: number, b: number): number {
  return (a * b + 0x4000) >> 15;
}

/** The 16-bit number that a sum becomes before its multiplication; sums wrap around at 32 bits. */
export function roundedSum(sum: number, lift: number): number {
  const lifted = Math.imul(sum, 1 << lift);
  return saturate16(((lifted + (1 << (SHIFT - 1))) | 0) >> SHIFT);
}

/** One output from its sum of 32 bits; `residual` is an int8, absent where there is none. */
export function requantise(
  sum: number,
  { lift, positive, negative }: ChannelMultipliers,
  output: OutputRounding,
  residual?: number,
): number {
  const rounded = roundedSum(sum, lift);
  let value = multiplyRounded(rounded, rounded < 0 ? negative : positive);
  if (residual !== undefined) {
    const added = multiplyRounded((residual - output.residualZeroPoint) * 128, output.residualMultiplier);
    value = saturate16(value + added);
  }
  const whole = multiplyRounded(value, 2 ** (MULTIPLIER_BITS - output.fraction)) + output.zeroPoint;
  return Math.min(Math.max(whole, output.least), output.most);
}
