/** The runner of the ONNX project's cases: what it finds, what it calls passed, failed and refused. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TENSOR } from '../../src/formats/onnx/messages.js';
import { writeMessage } from '../../src/formats/onnx/protobuf.js';
import { floats, node, onnxFile, value } from '../formats/onnx/onnxFile.js';
import { seededValues } from '../golden/goldenCase.js';
import { formatReport, runConformance } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NEGATED = {
  nodes: [node('Sub', ['c', 'x'], ['y'])],
  tensors: [floats('c', [], [0])],
  inputs: [value('x', [1, 3])],
};

function write(path: string, bytes: Uint8Array): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

function writeTensor(path: string, values: readonly number[]): void {
  write(path, writeMessage(TENSOR, floats('', [1, values.length], values)));
}

describe('conformance', () => {
  it('compares with stored outputs, in both forms of cases', async () => {
    write('a/right/model.onnx', onnxFile(NEGATED));
    writeTensor('a/right/test_data_set_0/input_0.pb', [1, 2, -3]);
    writeTensor('a/right/test_data_set_0/output_0.pb', [-1, -2.001, 3]);
    write('a/wrong/model.onnx', onnxFile(NEGATED));
    for (const [set, last] of [
      [0, 3],
      [1, 3.01],
    ]) {
      writeTensor(`a/wrong/test_data_set_${set}/input_0.pb`, [1, 2, -3]);
      writeTensor(`a/wrong/test_data_set_${set}/output_0.pb`, [-1, -2, last!]);
    }
    write('a/shape/model.onnx', onnxFile(NEGATED));
    writeTensor('a/shape/test_data_set_0/input_0.pb', [1, 2, -3]);
    writeTensor('a/shape/test_data_set_0/output_0.pb', [-1, -2]);
    write('unknown/model.onnx', onnxFile({ nodes: [node('NonZero', ['x'], ['y'])] }));
    writeTensor('unknown/test_data_set_0/output_0.pb', [1]);
    write('old/negated.onnx', onnxFile(NEGATED));
    writeTensor(
      'old/negated_output_0.pb',
      [...seededValues('x', [1, 3]).data].map((number) => -number),
    );
    write('old/alone.onnx', onnxFile(NEGATED));
    const report = await runConformance(folder);
    expect(report.cases.map(({ name, status }) => [name, status])).toEqual([
      ['a/right', 'passed'],
      ['a/shape', 'failed'],
      ['a/wrong', 'failed'],
      ['old/negated', 'passed'],
      ['unknown', 'refused'],
    ]);
    expect(report).toMatchObject({ passed: 2, failed: 2, refused: 1 });
    expect(report.cases[2]!.message).toContain('element 2');
    expect(report.cases[4]!.message).toContain('NonZero');
    expect(formatReport(report)).toContain('5 cases: 2 passed, 2 failed, 1 refused');
  });
});

const SHARED = '../shared/onnx-conformance';

describe.skipIf(!existsSync(SHARED))(`the cases of ${SHARED}`, () => {
  it('pass', async () => {
    const { cases } = await runConformance(SHARED);
    expect(cases.length).toBeGreaterThan(20);
    expect(cases.filter(({ status }) => status !== 'passed')).toEqual([]);
  });
});
