/**
 * Dense and grouped convolutions of int8 values, pointwise and fully connected layers among them: the inputs of a block
 * of output pixels are gathered in scratch, then multiplied with packed weights in register tiles.
 */
import { gatherPairs, gatherQuads, TILE } from './gatherInt8';
import { PANEL_CHANNELS, PARAMETERS, storeRequantised, storeTwoRequantised } from './requantise';
import { check, dotAdd, dotAddPairs } from './simd';

/**
 * weights of `convolutionInt8`: packed[g][o / 8][k / 2][o % 8][k % 2], int8; of `convolutionInt7…`:
 * packed[g][o / 8][k / 4][o % 8][k % 4], 64 more than they are. k = (y · kernelWidth + x) · tapChannels + c; what pads
 * counts as 0.
 * The parallel axis is blocks of output pixels × groups × panels or pairs of them, those of a block side by side.
 */
@unmanaged
export class ConvolutionInt8Arguments {
  input: usize;
  weights: usize;
  parameters: usize;
  constants: usize;
  residual: usize;
  output: usize;
  /**
   * The inputs of a block; then one panel of weights as int16, or what 64 in each weight adds to each pixel's sums; then
   * the sums of a tile of 16 channels.
   */
  scratch: usize;
  inputHeight: i32;
  inputWidth: i32;
  outputHeight: i32;
  outputWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideHeight: i32;
  strideWidth: i32;
  dilationHeight: i32;
  dilationWidth: i32;
  paddingTop: i32;
  paddingLeft: i32;
  /** Bytes from one input pixel to the next. */
  inputStride: i32;
  /** Bytes from one output pixel to the next; the residual's too. */
  outputStride: i32;
  /** Output pixels of all images. */
  pixels: i32;
  /** Output pixels of a block, a multiple of 4. */
  blockPixels: i32;
  groups: i32;
  /** Channels that are read of each tap of a group: 4, or a multiple of 8. */
  tapChannels: i32;
  /** Panels of one group. */
  panels: i32;
}

/** Bytes of a step of the sum: eight channels' weights, and a tile's inputs. */
const STEP_WEIGHTS: usize = 32;
const STEP_INPUTS: usize = 16;

/** How a tile multiplies: bytes at once, bytes by way of sums of pairs, or int16; weights of bytes are 0 to 127. */
const BYTES: i32 = 0;
const BYTE_PAIRS: i32 = 1;
const INT16: i32 = 2;

/** Four sums more; `form` is a literal, and `ones` eight times 1. */
// @ts-ignore: decorator
@inline
function multiplyAdd(form: i32, inputs: v128, weights: v128, ones: v128, sum: v128): v128 {
  if (form == BYTES) return dotAdd(inputs, weights, sum);
  if (form == BYTE_PAIRS) return dotAddPairs(inputs, weights, ones, sum);
  return i32x4.add(sum, i32x4.dot_i16x8_s(inputs, weights));
}

/** Eight times 1, of any vector: engines make a constant anew wherever it is read, in a loop too. */
// @ts-ignore: decorator
@inline
function opaqueOnes(any: v128): v128 {
  return i16x8.neg(i16x8.eq(any, any));
}

/**
 * Whether the processor multiplies bytes as x64 does, which takes the second factor as unsigned and builds the product
 * of four bytes from three instructions and a constant. The result says so where that factor is not 0 to 127; of any
 * vector, so that no compiler knows it beforehand.
 */
// @ts-ignore: decorator
@inline
function multipliesInPairs(any: v128): bool {
  if (!ASC_FEATURE_RELAXED_SIMD) return false;
  const minusOne = i8x16.eq(any, any);
  return i16x8.extract_lane_s(i16x8.relaxed_dot_i8x16_i7x16_s(i8x16.neg(minusOne), minusOne), 0) != -2;
}

/** Where a tile's sums begin: a panel's biases, without what the weights' 64 adds to them. */
// @ts-ignore: decorator
@inline
function begin4(form: i32, bias: v128, excess: usize): v128 {
  if (form != INT16) return i32x4.sub(bias, v128.load32_splat(excess));
  return bias;
}

/** The epilogue of four pixels × 8 channels, of which the first `rows` are stored. */
// @ts-ignore: decorator
@inline
function finish(
  rows: i32, output: usize, stride: usize, s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128,
  s31: v128, parameters: usize, constants: usize, residual: usize,
): void {
  if (rows == TILE) {
    storeTwoRequantised(output, stride, s00, s01, s10, s11, parameters, constants, residual);
    storeTwoRequantised(output + 2 * stride, stride, s20, s21, s30, s31, parameters, constants, residual);
    return;
  }
  storeRequantised(output, s00, s01, parameters, constants, residual);
  if (rows > 1) storeRequantised(output + stride, s10, s11, parameters, constants, residual);
  if (rows > 2) storeRequantised(output + 2 * stride, s20, s21, parameters, constants, residual);
}

/** Four pixels × 8 channels; `length` is the bytes of the panel's weights, `excess` a tile's part of what they add too much. */
// @ts-ignore: decorator
@inline
function tile8(
  form: i32, rows: i32, inputs: usize, excess: usize, weights: usize, length: usize, parameters: usize,
  constants: usize, output: usize, stride: usize, residual: usize,
): void {
  const b0 = v128.load(parameters), b1 = v128.load(parameters, 16);
  let s00 = begin4(form, b0, excess), s01 = begin4(form, b1, excess);
  let s10 = begin4(form, b0, excess + 4), s11 = begin4(form, b1, excess + 4);
  let s20 = begin4(form, b0, excess + 8), s21 = begin4(form, b1, excess + 8);
  let s30 = begin4(form, b0, excess + 12), s31 = begin4(form, b1, excess + 12);
  const ones = opaqueOnes(b0);
  const end = weights + length;
  for (let w = weights, a = inputs; w < end; w += STEP_WEIGHTS, a += STEP_INPUTS) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(form, x, w0, ones, s00), s01 = multiplyAdd(form, x, w1, ones, s01);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(form, x, w0, ones, s10), s11 = multiplyAdd(form, x, w1, ones, s11);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(form, x, w0, ones, s20), s21 = multiplyAdd(form, x, w1, ones, s21);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(form, x, w0, ones, s30), s31 = multiplyAdd(form, x, w1, ones, s31);
  }
  finish(rows, output, stride, s00, s01, s10, s11, s20, s21, s30, s31, parameters, constants, residual);
}

/** The epilogue of four pixels × 8 channels whose sums stand in memory, 64 bytes from pixel to pixel. */
// @ts-ignore: decorator
@inline
function finishStored(
  rows: i32, sums: usize, output: usize, stride: usize, parameters: usize, constants: usize, residual: usize,
): void {
  finish(
    rows, output, stride, v128.load(sums), v128.load(sums, 16), v128.load(sums, 64), v128.load(sums, 80),
    v128.load(sums, 128), v128.load(sums, 144), v128.load(sums, 192), v128.load(sums, 208), parameters, constants,
    residual,
  );
}

/**
 * Four pixels × 16 channels: two neighbouring panels. For engines that pair vectors: they begin with neighbouring
 * stores, and the epilogue has none, so the sums are stored in `sums` between.
 */
// @ts-ignore: decorator
@inline
function tile16(
  form: i32, rows: i32, inputs: usize, excess: usize, weights: usize, length: usize, parameters: usize,
  constants: usize, output: usize, stride: usize, residual: usize, sums: usize,
): void {
  const next = parameters + PARAMETERS;
  const b0 = v128.load(parameters), b1 = v128.load(parameters, 16), b2 = v128.load(next), b3 = v128.load(next, 16);
  let s00 = begin4(form, b0, excess), s01 = begin4(form, b1, excess);
  let s02 = begin4(form, b2, excess), s03 = begin4(form, b3, excess);
  let s10 = begin4(form, b0, excess + 4), s11 = begin4(form, b1, excess + 4);
  let s12 = begin4(form, b2, excess + 4), s13 = begin4(form, b3, excess + 4);
  let s20 = begin4(form, b0, excess + 8), s21 = begin4(form, b1, excess + 8);
  let s22 = begin4(form, b2, excess + 8), s23 = begin4(form, b3, excess + 8);
  let s30 = begin4(form, b0, excess + 12), s31 = begin4(form, b1, excess + 12);
  let s32 = begin4(form, b2, excess + 12), s33 = begin4(form, b3, excess + 12);
  const ones = opaqueOnes(b0);
  const end = weights + length;
  for (let w = weights, a = inputs; w < end; w += STEP_WEIGHTS, a += STEP_INPUTS) {
    const w0 = v128.load(w), w1 = v128.load(w, 16);
    const w2 = v128.load(w + length), w3 = v128.load(w + length, 16);
    let x = v128.load32_splat(a);
    s00 = multiplyAdd(form, x, w0, ones, s00), s01 = multiplyAdd(form, x, w1, ones, s01);
    s02 = multiplyAdd(form, x, w2, ones, s02), s03 = multiplyAdd(form, x, w3, ones, s03);
    x = v128.load32_splat(a, 4);
    s10 = multiplyAdd(form, x, w0, ones, s10), s11 = multiplyAdd(form, x, w1, ones, s11);
    s12 = multiplyAdd(form, x, w2, ones, s12), s13 = multiplyAdd(form, x, w3, ones, s13);
    x = v128.load32_splat(a, 8);
    s20 = multiplyAdd(form, x, w0, ones, s20), s21 = multiplyAdd(form, x, w1, ones, s21);
    s22 = multiplyAdd(form, x, w2, ones, s22), s23 = multiplyAdd(form, x, w3, ones, s23);
    x = v128.load32_splat(a, 12);
    s30 = multiplyAdd(form, x, w0, ones, s30), s31 = multiplyAdd(form, x, w1, ones, s31);
    s32 = multiplyAdd(form, x, w2, ones, s32), s33 = multiplyAdd(form, x, w3, ones, s33);
  }
  v128.store(sums, s00), v128.store(sums, s01, 16), v128.store(sums, s02, 32), v128.store(sums, s03, 48);
  v128.store(sums, s10, 64), v128.store(sums, s11, 80), v128.store(sums, s12, 96), v128.store(sums, s13, 112);
  v128.store(sums, s20, 128), v128.store(sums, s21, 144), v128.store(sums, s22, 160), v128.store(sums, s23, 176);
  v128.store(sums, s30, 192), v128.store(sums, s31, 208), v128.store(sums, s32, 224), v128.store(sums, s33, 240);
  finishStored(rows, sums, output, stride, parameters, constants, residual);
  finishStored(rows, sums + 32, output + PANEL_CHANNELS, stride, next, constants, residual);
}

/** One pixel × 8 channels, with weights as they are packed: `length` is their bytes. */
// @ts-ignore: decorator
@inline
function row8(
  form: i32, inputs: usize, excess: usize, weights: usize, length: usize, parameters: usize, constants: usize,
  output: usize, residual: usize,
): void {
  const bias = v128.load(parameters), ones = opaqueOnes(bias);
  let s0 = begin4(form, bias, excess);
  let s1 = begin4(form, v128.load(parameters, 16), excess);
  const end = weights + length;
  for (let w = weights, a = inputs; w < end; w += form == INT16 ? STEP_WEIGHTS / 2 : STEP_WEIGHTS, a += STEP_INPUTS) {
    const x = v128.load32_splat(a);
    s0 = multiplyAdd(form, x, form == INT16 ? v128.load8x8_s(w) : v128.load(w), ones, s0);
    s1 = multiplyAdd(form, x, form == INT16 ? v128.load8x8_s(w, 8) : v128.load(w, 16), ones, s1);
  }
  storeRequantised(output, s0, s1, parameters, constants, residual);
}

/** A panel's weights as int16. */
function widen(weights: usize, length: usize, target: usize): void {
  for (const end = weights + length; weights < end; weights += 16, target += STEP_WEIGHTS) {
    v128.store(target, v128.load8x8_s(weights));
    v128.store(target, v128.load8x8_s(weights, 8), 16);
  }
}

/** What 64 more in every weight adds to the sums of each pixel of the gathered tiles. */
function sumExcess(inputs: usize, tileBytes: usize, tiles: usize, target: usize): void {
  const ones = i8x16.splat(1);
  for (const last = target + tiles * 16; target < last; target += 16) {
    let sum = i32x4.splat(0);
    for (const end = inputs + tileBytes; inputs < end; inputs += STEP_INPUTS) sum = dotAdd(v128.load(inputs), ones, sum);
    v128.store(target, i32x4.shl(sum, 6));
  }
}

/** Units `[begin, end)` in a form and with `columns` channels at a time (literals: 8, or 16). */
// @ts-ignore: decorator
@inline
function units(form: i32, columns: i32, pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionInt8Arguments>(pointer);
  const width = form == INT16 ? 2 : 1;
  check(args.tapChannels == 4 || args.tapChannels % 8 == 0);
  check(args.blockPixels > 0 && args.blockPixels % TILE == 0);
  check(args.scratch != 0 && args.panels > 0 && args.groups > 0);
  const tileBytes = <usize>(TILE * width * args.kernelHeight * args.kernelWidth * args.tapChannels);
  const panelBytes = tileBytes / width * 2;
  const length: usize = tileBytes + tileBytes;
  const stride = <usize>args.outputStride;
  const constants = args.constants;
  const panels = args.panels;
  const unitPanels = columns / PANEL_CHANNELS;
  const groupUnits = (panels + unitPanels - 1) / unitPanels;
  const blockUnits = args.groups * groupUnits;
  const residual = args.residual ? args.residual - args.output : 0;
  const blockPixels = args.blockPixels;
  const inputs = args.scratch;
  const rest = inputs + <usize>(blockPixels / TILE) * tileBytes;
  const sums = rest + <usize>blockPixels * 4;
  let gathered = -1;
  for (let unit = begin; unit < end; unit++) {
    const block = unit / blockUnits;
    const within = unit - block * blockUnits;
    const group = within / groupUnits;
    const first = block * blockPixels;
    const count = min(blockPixels, args.pixels - first);
    const source = block * args.groups + group;
    if (source != gathered) {
      const channel = <usize>(group * args.tapChannels);
      if (width == 1) {
        gatherQuads(args, first, count, channel, inputs, tileBytes);
        sumExcess(inputs, tileBytes, <usize>((count + TILE - 1) / TILE), rest);
      } else {
        gatherPairs(args, first, count, channel, inputs, tileBytes);
      }
      gathered = source;
    }
    let panel = (within - group * groupUnits) * unitPanels;
    const lastPanel = min(panel + unitPanels, panels);
    const both = columns == 16 && panel + 2 == lastPanel;
    for (; panel < lastPanel; panel += both ? 2 : 1) {
      const place = <usize>(group * panels + panel);
      const packed = args.weights + place * panelBytes;
      const parameters = args.parameters + place * PARAMETERS;
      let output = args.output + <usize>first * stride + place * PANEL_CHANNELS;
      if (width == 2 && count > 1) widen(packed, panelBytes, rest);
      const weights = width == 2 ? rest : packed;
      let tile = inputs, excess = rest;
      for (let left = count; left > 0; left -= TILE) {
        if (both) {
          tile16(
            form, min(left, TILE), tile, excess, weights, length, parameters, constants, output, stride, residual, sums,
          );
        } else if (left == 1) {
          row8(form, tile, excess, packed, panelBytes, parameters, constants, output, residual);
        } else {
          tile8(form, min(left, TILE), tile, excess, weights, length, parameters, constants, output, stride, residual);
        }
        tile += tileBytes;
        excess += 16;
        output += <usize>TILE * stride;
      }
    }
  }
}

/** Weights of 8 bits and inputs as pairs of int16, tiles of 4 pixels × 8 channels. */
export function convolutionInt8(pointer: usize, begin: i32, end: i32): void {
  units(INT16, 8, pointer, begin, end);
}

/** The next one by way of sums of pairs. */
export function convolutionInt7x8Pairs(pointer: usize, begin: i32, end: i32): void {
  units(BYTE_PAIRS, 8, pointer, begin, end);
}

/** Weights of 7 bits and inputs as bytes, tiles of 4 pixels × 8 channels, in the form that is quicker on this processor. */
export function convolutionInt7x8(pointer: usize, begin: i32, end: i32): void {
  const args = changetype<ConvolutionInt8Arguments>(pointer);
  if (multipliesInPairs(v128.load(args.constants))) convolutionInt7x8Pairs(pointer, begin, end);
  else units(BYTES, 8, pointer, begin, end);
}

/** Weights of 7 bits and inputs as bytes, tiles of 4 pixels × 16 channels; engines pair vectors on x64 alone. */
export function convolutionInt7x16(pointer: usize, begin: i32, end: i32): void {
  units(BYTE_PAIRS, 16, pointer, begin, end);
}
