/** Writes docs/errors.md from the codes of errors; with --check nothing is written, and exit 1 says it is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { ERROR_CODES } from '../src/errorCodes.js';

const FILE = 'docs/errors.md';

const rows = Object.entries(ERROR_CODES)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([code, [classes, when, remedy]]) => `| \`${code}\` | ${classes} | ${when} | ${remedy} |`);

const text = `# Errors
Generated from \`src/errorCodes.ts\` by \`node scripts/run.js scripts/errorTable.ts\`; do not edit.

Every error of this package is a \`MobileFaceNetError\` with a \`code\` (in TypeScript the union \`ErrorCode\`) and one sentence as its \`message\`. Match on \`code\`: it is stable across releases, the sentence is not. \`cause\` has the error below, where there is one.

\`\`\`js
try {
  await verifier.verify(a, b);
} catch (error) {
  if (error.code === 'NO_FACE') ask('No face is found. Please take another picture.');
  else throw error;
}
\`\`\`

Work that an \`AbortSignal\` ends rejects with the signal's own reason: a \`DOMException\` called \`AbortError\` or \`TimeoutError\`, unless \`abort\` was given another. The command line prints class, code and sentence on stderr, or \`{ "error": { "code", "message" } }\` with \`--json\`; the service answers with \`{ "error": { "code", "message" } }\` too, where \`ServiceError\` stands for what only requests can get wrong.

| code | class | when | what to do |
| --- | --- | --- | --- |
${rows.join('\n')}
`;

let current = '';
try {
  current = readFileSync(FILE, 'utf8');
} catch {
  // The first one.
}
if (current !== text) {
  if (process.argv.includes('--check')) {
    console.error(`${FILE} is stale: run \`node scripts/run.js scripts/errorTable.ts\`.`);
    process.exitCode = 1;
  } else {
    writeFileSync(FILE, text);
  }
}
