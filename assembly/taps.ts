/** Which of a window's taps lie inside the input, and where a tap's pixel is. */

/** The first tap that lies inside, where tap 0 stands at `start`. */
// @ts-ignore: decorator
@inline
export function firstTap(start: i32, dilation: i32): i32 {
  return start < 0 ? (dilation - 1 - start) / dilation : 0;
}

/** The tap after the last one that lies inside. */
// @ts-ignore: decorator
@inline
export function lastTap(start: i32, dilation: i32, taps: i32, length: i32): i32 {
  return start < length ? min(taps, (length - 1 - start) / dilation + 1) : 0;
}

/** The address of a row's pixel, or the zeros' where the column lies outside. */
// @ts-ignore: decorator
@inline
export function pixelAddress(row: usize, column: i32, width: i32, stride: usize, zeros: usize): usize {
  return <u32>column < <u32>width ? row + <usize>column * stride : zeros;
}
