/** The benchmark command: one row a benchmark; without a name it measures every network of Table 2. */
import { Command, CommanderError } from 'commander';
import type { BuildCommand, Outcome } from '../src/cli/command.js';
import { MobileFaceNetError } from '../src/errors.js';
import { barrierCommand } from './barrier.js';
import { BenchError } from './benchError.js';
import { calibrationCommand } from './calibration.js';
import { cropsCommand } from './crops.js';
import { detectCommand } from './detect.js';
import { eventLoopCommand } from './eventLoop.js';
import { galleryCommand } from './gallery.js';
import { int8Command } from './int8.js';
import { kernelsCommand } from './kernels.js';
import { layersCommand } from './layers.js';
import { peersCommand } from './peers.js';
import { recallCommand } from './recall.js';
import { reportCommand } from './report.js';
import { suiteCommand } from './suite.js';

/** The first one runs where none is named. */
const COMMANDS: readonly BuildCommand[] = [
  suiteCommand,
  layersCommand,
  kernelsCommand,
  int8Command,
  eventLoopCommand,
  barrierCommand,
  galleryCommand,
  detectCommand,
  recallCommand,
  cropsCommand,
  calibrationCommand,
  peersCommand,
  reportCommand,
];

/** The exit code of bad usage and of what cannot be measured here. */
const FAILED = 2;

function buildProgram(finish: (outcome: Outcome) => void): Command {
  const program = new Command('bench').description('Measures this engine.').helpCommand(false);
  for (const [index, build] of COMMANDS.entries()) program.addCommand(build(finish), { isDefault: index === 0 });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  return program;
}

/** What was wrong, as one sentence. */
function describe(error: unknown, args: readonly string[], names: readonly string[]): string {
  if (error instanceof MobileFaceNetError || error instanceof BenchError) return error.message;
  if (!(error instanceof CommanderError)) throw error;
  const [first] = args;
  if (first !== undefined && !first.startsWith('-') && !names.includes(first)) {
    return `${first} is not a benchmark; accepted are ${names.join(', ')}.`;
  }
  const said = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  return `${said.replace(/\.$/, '')}; npm run bench -- ${names.includes(first ?? '') ? `${first} ` : ''}--help lists what is accepted.`;
}

/** Runs a benchmark and prints its text, or with `--json` its document alone. Gives the exit code. */
export async function runBench(args: readonly string[]): Promise<number> {
  let outcome: Outcome | undefined;
  const program = buildProgram((finished) => {
    outcome = finished;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const names = program.commands.map((command) => command.name());
    process.stderr.write(`bench: ${describe(error, args, names)}\n`);
    return FAILED;
  }
  if (!outcome) return 0;
  process.stdout.write(`${args.includes('--json') ? JSON.stringify(outcome.document, null, 2) : outcome.text}\n`);
  return outcome.exitCode ?? 0;
}
