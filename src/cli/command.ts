/** What a command is: how it is declared, what it is given and what it gives back. */
import { Command } from 'commander';

/** What a finished command gives back. */
export interface Outcome {
  /** The one document that `--json` prints. */
  readonly document: object;
  /** What people read, without a final newline. */
  readonly text: string;
  /**
   * 0; 1 where the faces are of different people, or outputs are not as stored; 2 where a part of the work failed and
   * the document says so.
   */
  readonly exitCode?: 0 | 1 | 2;
}

/** A command with its arguments and options, as the command line gives them. */
export interface CommandDefinition<Options extends object> {
  readonly name: string;
  readonly summary: string;
  /** Declares arguments, options and further help. */
  declare(command: Command): void;
  run(args: readonly string[], options: Options): Promise<Outcome>;
}

/** A command that the program can add: its declaration, and the run that stores its outcome. */
export type BuildCommand = (finish: (outcome: Outcome) => void) => Command;

/** `--json`, which the program looks for itself. */
function addJsonOption(command: Command): void {
  command.option('--json', 'print one JSON document on stdout and nothing else');
}

/** Turns a definition into a command; every command takes `--json`. */
export function defineCommand<Options extends object>(definition: CommandDefinition<Options>): BuildCommand {
  return (finish) => {
    const command = new Command(definition.name).description(definition.summary);
    definition.declare(command);
    addJsonOption(command);
    return command.action(async () => finish(await definition.run(command.args, command.opts<Options>())));
  };
}

/** A command that consists of others: `gallery add`, `gallery search` … */
export function defineCommandGroup(name: string, summary: string, commands: readonly BuildCommand[]): BuildCommand {
  return (finish) => {
    const group = new Command(name).description(summary).helpCommand(false);
    addJsonOption(group);
    for (const build of commands) group.addCommand(build(finish));
    return group;
  };
}
