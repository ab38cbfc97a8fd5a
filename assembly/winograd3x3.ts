/**
 * 3×3 convolution of stride 1 with 16 multiplications in place of 36 (Lavin and Gray 2016, F(2×2, 3×3)): an output tile
 * of 2×2 pixels is Aᵀ · [(G · g · Gᵀ) ⊙ (Bᵀ · d · B)] · A, where g are the weights and d the 4×4 input pixels below it.
 * The products of each of the 16 places are a matrix product of tiles by input channels and input by output channels.
 */
import { storePanel } from './activation';
import { check, F32, multiplyAdd, PANEL, VECTOR } from './simd';

/** Tiles of one block, which share the weights that are in the cache. */
const TILES: i32 = 16;

/** Places of a transformed tile. */
const PLACES: usize = 16;

/**
 * weights: packed[o / 8][place][k][o % 8] of G · g · Gᵀ, o padded to 8; bias and slopes padded likewise.
 * scratch: input pixels [16][k] of a tile at an edge, transformed inputs [place][tile][k], sums [place][tile][8]; k padded to 4.
 * The parallel axis is blocks of 16 tiles, the tiles of all images one after the other.
 */
@unmanaged
export class Winograd3x3Arguments {
  input: usize;
  weights: usize;
  bias: usize;
  slopes: usize;
  residual: usize;
  output: usize;
  scratch: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Input channels. */
  depth: i32;
  /** Vectors of four channels in an output pixel. */
  outputBlocks: i32;
  /** Of all images. */
  tiles: i32;
  activation: i32;
}

/** One row of Bᵀ (a literal from 0 to 3) times the four pixels of a column. */
// @ts-ignore: decorator
@inline
function columnOf(place: i32, from: usize, row: usize): v128 {
  if (place == 0) return f32x4.sub(v128.load(from), v128.load(from + 2 * row));
  if (place == 1) return f32x4.add(v128.load(from + row), v128.load(from + 2 * row));
  if (place == 2) return f32x4.sub(v128.load(from + 2 * row), v128.load(from + row));
  return f32x4.sub(v128.load(from + row), v128.load(from + 3 * row));
}

/** Four places of Bᵀ · d · B, for four channels. */
// @ts-ignore: decorator
@inline
function transformRow(place: i32, from: usize, pixel: usize, row: usize, to: usize, step: usize): void {
  const a = columnOf(place, from, row);
  const b = columnOf(place, from + pixel, row);
  const c = columnOf(place, from + 2 * pixel, row);
  const d = columnOf(place, from + 3 * pixel, row);
  to += <usize>(4 * place) * step;
  v128.store(to, f32x4.sub(a, c));
  v128.store(to + step, f32x4.add(b, c));
  v128.store(to + 2 * step, f32x4.sub(c, b));
  v128.store(to + 3 * step, f32x4.sub(b, d));
}

/** Copies the 4×4 pixels of a tile that passes the input's edges, zeros for those outside. */
function copyEdge(input: usize, inputHeight: i32, inputWidth: i32, top: i32, left: i32, pixel: usize, to: usize): void {
  for (let y = top; y < top + 4; y++) {
    for (let x = left; x < left + 4; x++) {
      const inside = <u32>y < <u32>inputHeight && <u32>x < <u32>inputWidth;
      const from = inside ? input + <usize>(y * inputWidth + x) * pixel : 0;
      for (let at: usize = 0; at < pixel; at += VECTOR) {
        v128.store(to + at, inside ? v128.load(from + at) : f32x4.splat(0));
      }
      to += pixel;
    }
  }
}

/** Bᵀ · d · B of `count` tiles from `first` on. */
function transformInputs(args: Winograd3x3Arguments, first: i32, count: i32, values: usize, step: usize): void {
  const inputHeight = args.inputHeight, inputWidth = args.inputWidth;
  const across = (args.outputWidth + 1) >> 1, down = (args.outputHeight + 1) >> 1;
  const pixel = <usize>((args.depth + 3) >> 2) * VECTOR;
  for (let tile = first; tile < first + count; tile++, values += pixel) {
    const line = tile / across;
    const image = line / down;
    const top = 2 * (line - image * down) - args.paddingTop;
    const left = 2 * (tile - line * across) - args.paddingLeft;
    const input = args.input + <usize>(image * inputHeight * inputWidth) * pixel;
    const inside = top >= 0 && left >= 0 && top + 4 <= inputHeight && left + 4 <= inputWidth;
    let from = inside ? input + <usize>(top * inputWidth + left) * pixel : args.scratch;
    let row = (inside ? <usize>inputWidth : 4) * pixel;
    if (!inside) copyEdge(input, inputHeight, inputWidth, top, left, pixel, from);
    for (let at: usize = 0; at < pixel; at += VECTOR, from += VECTOR) {
      transformRow(0, from, pixel, row, values + at, step);
      transformRow(1, from, pixel, row, values + at, step);
      transformRow(2, from, pixel, row, values + at, step);
      transformRow(3, from, pixel, row, values + at, step);
    }
  }
}

/** Products of `tiles` tiles (a literal from 1 to 4) and a panel, at one place. */
// @ts-ignore: decorator
@inline
function multiplyTiles(tiles: i32, values: usize, pixel: usize, weights: usize, depth: usize, sums: usize): void {
  let s00 = f32x4.splat(0), s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  let a0 = values;
  let a1 = a0 + pixel, a2 = a1 + pixel, a3 = a2 + pixel;
  let w = weights;
  for (const last = w + depth * PANEL; w < last; w += PANEL) {
    const w0 = v128.load(w), w1 = v128.load(w, VECTOR);
    let value = v128.load_splat<f32>(a0);
    s00 = multiplyAdd(value, w0, s00);
    s01 = multiplyAdd(value, w1, s01);
    a0 += F32;
    if (tiles > 1) {
      value = v128.load_splat<f32>(a1);
      s10 = multiplyAdd(value, w0, s10);
      s11 = multiplyAdd(value, w1, s11);
      a1 += F32;
    }
    if (tiles > 2) {
      value = v128.load_splat<f32>(a2);
      s20 = multiplyAdd(value, w0, s20);
      s21 = multiplyAdd(value, w1, s21);
      a2 += F32;
    }
    if (tiles > 3) {
      value = v128.load_splat<f32>(a3);
      s30 = multiplyAdd(value, w0, s30);
      s31 = multiplyAdd(value, w1, s31);
      a3 += F32;
    }
  }
  v128.store(sums, s00);
  v128.store(sums, s01, VECTOR);
  if (tiles > 1) {
    v128.store(sums, s10, PANEL);
    v128.store(sums, s11, PANEL + VECTOR);
  }
  if (tiles > 2) {
    v128.store(sums, s20, 2 * PANEL);
    v128.store(sums, s21, 2 * PANEL + VECTOR);
  }
  if (tiles > 3) {
    v128.store(sums, s30, 3 * PANEL);
    v128.store(sums, s31, 3 * PANEL + VECTOR);
  }
}

/** Products of `count` tiles and a panel, at all places. */
function multiplyBlock(values: usize, pixel: usize, weights: usize, depth: usize, sums: usize, count: i32): void {
  for (let place: usize = 0; place < PLACES; place++) {
    let a = values;
    let to = sums;
    let rest = count;
    for (; rest >= 4; rest -= 4) {
      multiplyTiles(4, a, pixel, weights, depth, to);
      a += 4 * pixel;
      to += 4 * PANEL;
    }
    if (rest == 3) multiplyTiles(3, a, pixel, weights, depth, to);
    else if (rest == 2) multiplyTiles(2, a, pixel, weights, depth, to);
    else if (rest == 1) multiplyTiles(1, a, pixel, weights, depth, to);
    values += <usize>TILES * pixel;
    sums += <usize>TILES * PANEL;
    weights += depth * PANEL;
  }
}

/** One row of Aᵀ times a column of sums, for four channels. */
// @ts-ignore: decorator
@inline
function sumColumn(upper: bool, sums: usize): v128 {
  const step = <usize>(4 * TILES) * PANEL;
  const b = v128.load(sums + step), c = v128.load(sums + 2 * step);
  if (upper) return f32x4.add(f32x4.add(v128.load(sums), b), c);
  return f32x4.sub(f32x4.sub(b, c), v128.load(sums + 3 * step));
}

/** One row of a tile's output pixels, of which there are two where `right`. */
// @ts-ignore: decorator
@inline
function storeRow(
  upper: bool, right: bool, sums: usize, bias: usize, output: usize, pixel: usize, residual: usize, activation: i32,
  slopes: usize, both: bool,
): void {
  const step = <usize>TILES * PANEL;
  const low = v128.load(bias), high = v128.load(bias, VECTOR);
  const b0 = sumColumn(upper, sums + step), b1 = sumColumn(upper, sums + step + VECTOR);
  const c0 = sumColumn(upper, sums + 2 * step), c1 = sumColumn(upper, sums + 2 * step + VECTOR);
  const left0 = f32x4.add(f32x4.add(f32x4.add(sumColumn(upper, sums), b0), c0), low);
  const left1 = f32x4.add(f32x4.add(f32x4.add(sumColumn(upper, sums + VECTOR), b1), c1), high);
  storePanel(output, left0, left1, residual, activation, slopes, both);
  if (!right) return;
  const right0 = f32x4.add(f32x4.sub(f32x4.sub(b0, c0), sumColumn(upper, sums + 3 * step)), low);
  const right1 = f32x4.add(f32x4.sub(f32x4.sub(b1, c1), sumColumn(upper, sums + 3 * step + VECTOR)), high);
  storePanel(output + pixel, right0, right1, residual, activation, slopes, both);
}

/** Aᵀ · [sums] · A with the epilogue, for `count` tiles and a panel. */
function transformOutputs(args: Winograd3x3Arguments, first: i32, count: i32, sums: usize, block: i32): void {
  const outputHeight = args.outputHeight, outputWidth = args.outputWidth;
  const across = (outputWidth + 1) >> 1, down = (outputHeight + 1) >> 1;
  const pixel = <usize>args.outputBlocks * VECTOR;
  const line = <usize>outputWidth * pixel;
  const residual = args.residual ? args.residual - args.output : 0;
  const activation = args.activation;
  const offset = <usize>block * VECTOR;
  const slopes = args.slopes + offset;
  const bias = args.bias + offset;
  const both = block + 1 < args.outputBlocks;
  for (let tile = first; tile < first + count; tile++, sums += PANEL) {
    const tileLine = tile / across;
    const image = tileLine / down;
    const y = 2 * (tileLine - image * down), x = 2 * (tile - tileLine * across);
    const output = args.output + <usize>((image * outputHeight + y) * outputWidth + x) * pixel + offset;
    const right = x + 1 < outputWidth;
    storeRow(true, right, sums, bias, output, pixel, residual, activation, slopes, both);
    if (y + 1 >= outputHeight) continue;
    storeRow(false, right, sums, bias, output + line, pixel, residual, activation, slopes, both);
  }
}

/** Blocks of tiles; each sums over its input channels in order, whatever the block. */
export function winograd3x3(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<Winograd3x3Arguments>(pointer);
  check(args.depth > 0 && args.outputBlocks > 0 && args.scratch != 0);
  check(args.outputHeight > 0 && args.outputWidth > 0 && args.tiles > 0);
  check(args.activation != 3 || args.slopes != 0);
  const depth = <usize>args.depth;
  const pixel = ((depth + 3) >> 2) * VECTOR;
  const values = args.scratch + 16 * pixel;
  const sums = values + PLACES * <usize>TILES * pixel;
  const panelBytes = PLACES * depth * PANEL;
  for (let block = begin; block < end; block++) {
    const first = block * TILES;
    const count = min(TILES, args.tiles - first);
    transformInputs(args, first, count, values, <usize>TILES * pixel);
    let weights = args.weights;
    for (let channels = 0; channels < args.outputBlocks; channels += 2) {
      multiplyBlock(values, pixel, weights, depth, sums, count);
      transformOutputs(args, first, count, sums, channels);
      weights += panelBytes;
    }
  }
}
