#!/usr/bin/env node
/** The command line's entry: `mobilefacenet COMMAND …`. */
import { runCommandLine } from './program.js';

process.exitCode = await runCommandLine(process.argv.slice(2));
