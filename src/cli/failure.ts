/** Errors as the command line shows them: one sentence with a stable code, whatever was thrown. */
import { CommanderError } from 'commander';
import { type ErrorCode, MobileFaceNetError, printable } from '../errors.js';

/** A failure, ready to be printed. */
export interface Failure {
  /** The error's class, which precedes the code in text. */
  readonly type: string;
  readonly code: ErrorCode;
  /** One sentence. */
  readonly message: string;
  /** For MOBILEFACENET_DEBUG alone. */
  readonly stack: string;
}

/** The first line of whatever was thrown. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0]!.replace(/\.$/, '');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack}${cause}`;
}

/** Commander's message as one sentence that ends with where to look. */
function usageMessage(error: CommanderError, args: readonly string[]): string {
  const said = error.message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
  const command = args.find((argument) => !argument.startsWith('-'));
  if (error.code === 'commander.help')
    return `${command} needs a command of its own; see: mobilefacenet ${command} --help.`;
  const known = error.code !== 'commander.unknownCommand' && command !== undefined;
  return `${said}; see: mobilefacenet ${known ? `${command} ` : ''}--help.`;
}

/** Describes anything that was thrown. `args` are the command line's, for hints. */
export function describeError(error: unknown, args: readonly string[]): Failure {
  const stack = stackOf(error);
  if (error instanceof MobileFaceNetError) {
    return { type: error.name, code: error.code, message: error.message, stack };
  }
  if (error instanceof CommanderError) {
    return { type: 'InputError', code: 'USAGE', message: printable(usageMessage(error, args)), stack };
  }
  const hint = 'this is a defect: please report it with what MOBILEFACENET_DEBUG=1 prints';
  const message = printable(`unexpected: ${firstLine(error)}; ${hint}.`);
  return { type: 'UnavailableError', code: 'INTERNAL', message, stack };
}
