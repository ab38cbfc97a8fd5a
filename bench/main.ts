/** The entry of `npm run bench [-- BENCHMARK] [OPTION …]` and `npm run bench:peers`. */
import { runBench } from './program.js';

process.exitCode = await runBench(process.argv.slice(2));
