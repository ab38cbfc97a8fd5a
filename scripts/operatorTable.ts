/** Writes docs/operators.md from the table of operators; with --check nothing is written, and exit 1 says it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type AttributeRule, accepted } from '../src/ops/attributes.js';
import { operators } from '../src/ops/index.js';
import type { Operator } from '../src/ops/operator.js';

const FILE = 'docs/operators.md';

function attributeText([name, rule]: readonly [string, AttributeRule]): string {
  const { meaning, fallback, when } = rule;
  const needs = when ? ` Only where \`${when[0]}\` is ${when[1].join(', ')}.` : '';
  const absent = rule.presence === 'optional' && !when ? ' May be absent.' : '';
  const initial = fallback === undefined ? '' : ` By default ${JSON.stringify(fallback)}.`;
  return `\`${name}\`: ${accepted(rule)}; ${meaning}.${needs}${absent}${initial}`;
}

function row({ name, inputNames, required, repeatsLast, attributes }: Operator): string {
  const inputs = inputNames.map((input, index) => {
    if (repeatsLast && index === inputNames.length - 1) return `${input} …`;
    return index < required ? input : `[${input}]`;
  });
  return `| ${name} | ${inputs.join(', ')} | ${Object.entries(attributes).map(attributeText).join('<br>') || '–'} |`;
}

const text = `# Operators
The operators that a graph may hold, as \`Node\` and the JSON of model files have them. Generated from their declarations in \`src/ops/\` by \`node scripts/run.js scripts/operatorTable.ts\`; do not edit.

Inputs in brackets may be absent, which \`''\` says. An attribute with a default may be left out; every other one is needed, and one that an operator does not have is refused. What an operator computes stands above it in its file.

| operator | inputs | attributes |
| --- | --- | --- |
${operators.map(row).join('\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error(`${FILE} is stale: run \`node scripts/run.js scripts/operatorTable.ts\`.`);
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, text);
}
