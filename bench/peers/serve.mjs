// One engine in a process of its own: it starts, sends its first output, then runs as often as each message says.
import { readFileSync } from 'node:fs';

const { module, inputs, ...options } = JSON.parse(process.argv[2]);
const { start } = await import(`./${module}.mjs`);
const { version, layout, run } = await start(options);
const bytes = readFileSync(inputs[layout]);
const input = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

process.on('message', async ({ warmUps, runs }) => {
  const durationsMs = [];
  for (let call = -warmUps; call < runs; call++) {
    const begin = performance.now();
    await run(input);
    if (call >= 0) durationsMs.push(performance.now() - begin);
  }
  process.send({ durationsMs });
});
process.on('disconnect', () => process.exit());
process.send({ version, output: [...(await run(input))] });
