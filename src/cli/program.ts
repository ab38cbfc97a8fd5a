/** The program: its commands, and how outcomes and errors become output and exit codes. */
import { Command, CommanderError } from 'commander';
import { printable } from '../errors.js';
import { alignCommand } from './align.js';
import { calibrateCommand } from './calibrate.js';
import type { BuildCommand, Outcome } from './command.js';
import { detectCommand } from './detect.js';
import { embedCommand } from './embed.js';
import { evalCommand } from './eval.js';
import { describeError, type Failure } from './failure.js';
import { galleryCommand } from './gallery.js';
import { identifyCommand } from './identify.js';
import { importCommand } from './import.js';
import { inspectCommand } from './inspect.js';
import { networksCommand } from './networks.js';
import { packageVersion } from './package.js';
import { quantizeCommand } from './quantize.js';
import { queueCommand } from './queue.js';
import { runCommand } from './run.js';
import { serveCommand } from './serve.js';
import { verifyCommand } from './verify.js';
import { workerCommand } from './worker.js';

/** Every command, in the order in which help lists them. */
const COMMANDS: readonly BuildCommand[] = [
  verifyCommand,
  detectCommand,
  alignCommand,
  embedCommand,
  galleryCommand,
  evalCommand,
  identifyCommand,
  calibrateCommand,
  importCommand,
  quantizeCommand,
  inspectCommand,
  runCommand,
  networksCommand,
  queueCommand,
  workerCommand,
  serveCommand,
];

/** The exit code of a failure or of bad usage. */
const FAILED = 2;

const HELP = `
Exit codes: 0 done or same person, 1 different people or other outputs than stored, 2 failed, not decided, or bad usage.
With --json, a failure prints { "error": { "code", "message" } } instead of the command's document.
MOBILEFACENET_DEBUG=1 adds stack traces to errors.`;

function buildProgram(finish: (outcome: Outcome) => void): Command {
  const program = new Command('mobilefacenet')
    .description('Compares faces in photographs: the same person or not, by MobileFaceNet embeddings.')
    .usage('COMMAND [ARGUMENT …] [OPTION …]')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpCommand('help [COMMAND]', 'print help on a command')
    .addHelpText('after', HELP);
  for (const build of COMMANDS) program.addCommand(build(finish));
  for (const command of withSubcommands(program)) {
    command
      .helpOption('-h, --help', 'print help')
      .exitOverride()
      .configureOutput({ writeErr: () => {} });
  }
  return program;
}

/** A command and all below it. */
function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Whether the arguments ask for JSON, even where they cannot be parsed. */
function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

/** A reader that goes away early, as `head` does, ends the program quietly. */
function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
}

/** A text for people, in which nothing but its lines moves a terminal's cursor. */
function showLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function printFailure({ type, code, message, stack }: Failure, json: boolean): void {
  if (json) process.stdout.write(`${printJson({ error: { code, message } })}\n`);
  else process.stderr.write(`${type} ${code}: ${message}\n`);
  if (process.env.MOBILEFACENET_DEBUG) process.stderr.write(`${stack}\n`);
}

/** A document as JSON, indented, each list of numbers on one line. */
function printJson(document: object): string {
  const text = JSON.stringify(document, null, 2);
  return text.replace(/\[\s+([-+.\de]+(?:,\s+[-+.\de]+)*)\s+\]/g, (_, numbers) => `[${numbers.replace(/\s+/g, ' ')}]`);
}

async function runArguments(args: readonly string[], json: boolean): Promise<number> {
  let outcome: Outcome | undefined;
  const program = buildProgram((finished) => {
    outcome = finished;
  });
  if (args.length === 0) {
    process.stderr.write(`${program.helpInformation()}${HELP}\n`);
    return FAILED;
  }
  await program.parseAsync(args, { from: 'user' });
  if (!outcome) return 0;
  process.stdout.write(`${showLines(json ? printJson(outcome.document) : outcome.text)}\n`);
  return outcome.exitCode ?? 0;
}

/**
 * Runs the command line with the arguments that follow the program's name, and gives the exit code: 0 done or same
 * person, 1 different people or other outputs than stored, 2 failed, not decided, or bad usage. `withoutArguments` runs in place of the help where there are
 * none. Never throws.
 */
export async function runCommandLine(
  args: readonly string[],
  withoutArguments?: () => Promise<number>,
): Promise<number> {
  surviveClosedPipes();
  const json = asksForJson(args);
  try {
    if (args.length === 0 && withoutArguments) return await withoutArguments();
    return await runArguments(args, json);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    printFailure(describeError(error, args), json);
    return FAILED;
  }
}
