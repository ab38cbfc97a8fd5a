// One engine in a fresh process: from the start to the first output, then a line with the peak of its memory.
import { readFileSync } from 'node:fs';

const { module, inputs, ...options } = JSON.parse(process.argv[2]);
const { start } = await import(`./${module}.mjs`);
const { layout, run } = await start(options);
const bytes = readFileSync(inputs[layout]);
await run(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
process.stdout.write('\n');

// maxRSS of a spawned process may be its parent's; only Linux has the other figure.
const [, kilobytes] = (() => {
  try {
    return /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return ['', process.resourceUsage().maxRSS];
  }
})();
process.stdout.write(`${kilobytes}\n`);
process.exit();
