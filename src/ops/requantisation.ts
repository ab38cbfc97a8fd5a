/** From 32-bit sums to int8 in integers alone: the multipliers that scales amount to, and the arithmetic that uses them. */

/** Bits by which lifted sums are shifted down to 16 bits, and bits of the multipliers' fraction. */
const SHIFT = 10;
const MULTIPLIER_BITS = 15;
/** The largest lift: sums are multiplied by 2^lift, which kernels keep as int16. */
export const LARGEST_LIFT = 14;
/** Bits of an output below its whole part that sums are rounded to first. */
const FRACTION = 3;
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
  readonly zeroPoint: number;
  /** Limits of the output; they make the activation. */
  readonly least: number;
  readonly most: number;
  /** For the residual: its zero point, and residual scale / output scale · 2^(FRACTION + 8). */
  readonly residualZeroPoint: number;
  readonly residualMultiplier: number;
}

/** The nearest whole number, of two the greater. */
export function roundHalfUp(value: number): number {
  return Math.floor(value + 0.5);
}

/** A multiplier of 16 bits that is never −2¹⁵. */
function multiplierOf(value: number): number {
  return Math.min(Math.max(roundHalfUp(value), -LARGEST_MULTIPLIER), LARGEST_MULTIPLIER);
}

/**
 * The multipliers of one channel. `ratio` is input scale · weight scale / output scale, `slope` what sums below 0 are
 * multiplied by besides, 1 without a slope. The lift is the smallest that keeps both within 16 bits.
 */
export function channelMultipliers(ratio: number, slope: number): ChannelMultipliers {
  const largest = Math.max(ratio, Math.abs(ratio * slope));
  const whole = 2 ** (FRACTION + SHIFT + MULTIPLIER_BITS);
  let lift = 0;
  while (lift < LARGEST_LIFT && roundHalfUp((largest * whole) / 2 ** lift) > LARGEST_MULTIPLIER) lift++;
  const unit = whole / 2 ** lift;
  return { lift, positive: multiplierOf(ratio * unit), negative: multiplierOf(ratio * slope * unit) };
}

/** No ratio of `channelMultipliers` may be larger, nor its product with the slope. */
export const LARGEST_RATIO = (LARGEST_MULTIPLIER / 2 ** (FRACTION + SHIFT + MULTIPLIER_BITS)) * 2 ** LARGEST_LIFT;

/** The residual's multiplier for residual scale / output scale. */
export function residualMultiplier(ratio: number): number {
  return multiplierOf(ratio * 2 ** (FRACTION + 8));
}

/** By channel the largest magnitude that a layer's sum may have, whatever its int8 inputs are. */
export function largestSums(weights: Float32Array, biases: Float32Array, zeroPoint: number): Float64Array {
  const length = weights.length / biases.length;
  const [least, most] = [-128 - zeroPoint, 127 - zeroPoint];
  return Float64Array.from(biases, (bias, output) => {
    let [below, above] = [bias, bias];
    for (let k = output * length; k < (output + 1) * length; k++) {
      const weight = weights[k]!;
      below += weight * (weight < 0 ? most : least);
      above += weight * (weight < 0 ? least : most);
    }
    return Math.max(above, -below);
  });
}

/** What a channel's layer is, as far as it decides whether integers hold it. */
export interface ChannelRange {
  /** As `channelMultipliers` takes them. */
  readonly ratio: number;
  readonly slope: number;
  /** The largest magnitude that its sum may have at all, and the largest that is expected. */
  readonly largestSum: number;
  readonly expectedSum: number;
}

/** True where no sum overflows its 32 bits, no expected one the 16 bits that it is rounded to, and no multiplier its own. */
export function holdsChannel({ ratio, slope, largestSum, expectedSum }: ChannelRange): boolean {
  const { lift } = channelMultipliers(ratio, slope);
  const largest = ratio * Math.max(1, Math.abs(slope)) * 2 ** (FRACTION + SHIFT + MULTIPLIER_BITS - lift);
  return (
    largest < LARGEST_MULTIPLIER + 0.5 &&
    largestSum * 2 ** lift + 2 ** (SHIFT - 1) < 2 ** 31 &&
    expectedSum * 2 ** (lift - SHIFT) <= 32767
  );
}

/** True where a residual's multiplier is no larger than it may be. */
export function holdsResidual(ratio: number): boolean {
  return residualMultiplier(ratio) < LARGEST_MULTIPLIER;
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
  const whole = ((value + 2 ** (FRACTION - 1)) >> FRACTION) + output.zeroPoint;
  return Math.min(Math.max(whole, output.least), output.most);
}
