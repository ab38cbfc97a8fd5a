/** ncnn's `.param` text: magic, counts, then one layer a line with its blobs and `key=value` parameters. */

import { MOST_NODES } from '../../build/verify.js';
import { ModelError } from '../../errors.js';
import { describeValue } from '../../model/json.js';
import { PARAM_MAGIC } from './magic.js';

/** What a parameter may hold; which type a key has, its layer's importer knows. */
export type ParamValue = number | string | readonly number[];

/** One layer line. */
export interface ParamLayer {
  readonly type: string;
  readonly name: string;
  /** Names of the blobs that it reads. */
  readonly inputs: readonly string[];
  /** Names of the blobs that it defines. */
  readonly outputs: readonly string[];
  readonly parameters: ReadonlyMap<number, ParamValue>;
  /** The file, for messages. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Layers that a file may have. */
export const MOST_LAYERS = MOST_NODES;
/** Blobs that one layer may read, and define. */
export const MOST_LAYER_BLOBS = 256;
/** Characters of a layer's or blob's name. */
export const LONGEST_LAYER_NAME = 255;

const LARGEST_KEY = 63;
const ARRAY_KEY = -23300;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** Where a layer stands, for messages. */
export function describeLayer(layer: ParamLayer): string {
  return `${layer.file}, line ${layer.line}, layer "${layer.name}" (${layer.type})`;
}

function refuseLine(file: string, line: number, found: string, accepted: string): never {
  throw new ModelError('BAD_LAYER', `${file}, line ${line}: ${found}; ${accepted}.`);
}

function parseCount(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : -1;
}

function parseNumber(text: string): number | undefined {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

function parseNumbers(items: readonly string[]): readonly number[] | undefined {
  const values = items.map(parseNumber);
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** `key=value`; arrays are `-23300 − key=count,value,…`, or `key=value,value` as newer files write them. */
function parseParameter(text: string, file: string, line: number): [number, ParamValue] {
  const shown = describeValue(text);
  const accepted = `parameters are key=value with keys 0 to ${LARGEST_KEY}`;
  const [, keyText, value] = /^(-?\d{1,6})=(.+)$/s.exec(text) ?? refuseLine(file, line, `found ${shown}`, accepted);
  const signed = Number(keyText);
  const counted = signed <= ARRAY_KEY;
  const key = counted ? ARRAY_KEY - signed : signed;
  if (key < 0 || key > LARGEST_KEY) refuseLine(file, line, `parameter ${shown} has key ${signed}`, accepted);
  if (counted) {
    const [count, ...items] = value!.split(',');
    const values = parseNumbers(items);
    if (!values || parseCount(count) !== items.length) {
      refuseLine(file, line, `array ${shown} is malformed`, 'arrays are count,value,… with count numbers');
    }
    return [key, values];
  }
  if (value!.includes(',') && !value!.startsWith('"')) {
    const values = parseNumbers(value!.replace(/,$/, '').split(','));
    return [key, values ?? refuseLine(file, line, `array ${shown} is malformed`, 'arrays hold numbers')];
  }
  return [key, parseNumber(value!) ?? value!];
}

function parseNames(words: readonly string[], file: string, line: number): readonly string[] {
  for (const word of words) {
    if (word.length > LONGEST_LAYER_NAME) {
      refuseLine(file, line, `a name has ${word.length} characters`, `at most ${LONGEST_LAYER_NAME} are accepted`);
    }
  }
  return words;
}

function parseLayer(text: string, file: string, line: number): ParamLayer {
  const [type = '', name = '', inputText, outputText, ...words] = text.split(/\s+/);
  const inputCount = parseCount(inputText);
  const outputCount = parseCount(outputText);
  const blobs = inputCount + outputCount;
  const counted = inputCount >= 0 && outputCount >= 0 && Math.max(inputCount, outputCount) <= MOST_LAYER_BLOBS;
  if (!counted || words.length < blobs || words.slice(0, blobs).some((word) => word.includes('='))) {
    const accepted = `a layer line is: type name inputs outputs blobs… key=value…, at most ${MOST_LAYER_BLOBS} blobs each`;
    refuseLine(file, line, `found ${describeValue(text)}`, accepted);
  }
  const parameters = new Map<number, ParamValue>();
  for (const word of words.slice(blobs)) {
    const [key, value] = parseParameter(word, file, line);
    if (parameters.has(key)) refuseLine(file, line, `parameter ${key} stands twice`, 'each key stands once in a layer');
    parameters.set(key, value);
  }
  parseNames([type, name, ...words.slice(0, blobs)], file, line);
  return {
    type,
    name,
    inputs: words.slice(0, inputCount),
    outputs: words.slice(inputCount, blobs),
    parameters,
    file,
    line,
  };
}

/** Every blob is defined once, before every layer that reads it; every layer's name stands once. */
function checkBlobs(layers: readonly ParamLayer[]): number {
  const definedAt = new Map<string, number>();
  for (const { outputs, line } of layers) for (const blob of outputs) definedAt.set(blob, definedAt.get(blob) ?? line);
  const names = new Set<string>();
  const defined = new Set<string>();
  for (const layer of layers) {
    if (names.has(layer.name)) {
      throw new ModelError(
        'DUPLICATE_NAME',
        `${describeLayer(layer)}: an earlier layer has this name; each stands once.`,
      );
    }
    names.add(layer.name);
    for (const blob of layer.inputs) {
      if (defined.has(blob)) continue;
      const line = definedAt.get(blob);
      const found =
        line === undefined ? 'which no layer defines' : `which line ${line} defines: a cycle or a wrong order`;
      throw new ModelError(
        'UNDEFINED_BLOB',
        `${describeLayer(layer)}: reads "${blob}", ${found}; blobs are defined before use.`,
      );
    }
    for (const blob of layer.outputs) {
      if (defined.has(blob)) {
        const found = `defines "${blob}", which line ${definedAt.get(blob)} defined`;
        throw new ModelError('DUPLICATE_NAME', `${describeLayer(layer)}: ${found}; each blob is defined once.`);
      }
      defined.add(blob);
    }
  }
  return defined.size;
}

/**
 * Parses a `.param` text and checks its structure; layer types and parameters are not interpreted. `file` names it in
 * messages. Throws ModelError BAD_MAGIC, BAD_COUNTS, BAD_LAYER, DUPLICATE_NAME or UNDEFINED_BLOB.
 */
export function parseParam(text: string, file: string): readonly ParamLayer[] {
  const lines = text.split('\n').map((line) => line.trim());
  if (lines[0]!.replace(/^\uFEFF/, '') !== PARAM_MAGIC) {
    const found = describeValue(lines[0]!);
    throw new ModelError(
      'BAD_MAGIC',
      `${file}, line 1: found ${found}; a text .param file begins with ${PARAM_MAGIC}.`,
    );
  }
  const counts = /^(\d{1,9})\s+(\d{1,9})$/.exec(lines[1] ?? '');
  const layerCount = parseCount(counts?.[1]);
  const blobCount = parseCount(counts?.[2]);
  const numbered = lines
    .map((content, index) => ({ content, line: index + 1 }))
    .slice(2)
    .filter(({ content }) => content);
  if (!counts || layerCount < 1 || layerCount > MOST_LAYERS || layerCount !== numbered.length) {
    const claim = describeValue(lines[1] ?? '');
    const accepted = `line 2 gives the numbers of layers, 1 to ${MOST_LAYERS}, and of blobs`;
    throw new ModelError(
      'BAD_COUNTS',
      `${file}, line 2: found ${claim}, and ${numbered.length} layers follow; ${accepted}.`,
    );
  }
  const layers = numbered.map(({ content, line }) => parseLayer(content, file, line));
  const blobs = checkBlobs(layers);
  if (blobs !== blobCount) {
    throw new ModelError('BAD_COUNTS', `${file}, line 2: claims ${blobCount} blobs; the layers define ${blobs}.`);
  }
  return layers;
}
