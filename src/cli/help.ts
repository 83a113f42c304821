import type { Command, HelpConfiguration, Option } from 'commander';

/** How `--help` looks: commands by their name and arguments, and of defaults only those that say something. */
export const helpStyle: HelpConfiguration = {
  subcommandTerm: (command: Command) =>
    [command.name(), ...command.registeredArguments.map((argument) => bracketed(argument.name(), argument))].join(' '),
  optionDescription: ({ description, defaultValue }: Option) =>
    typeof defaultValue === 'string' && defaultValue !== '' ? `${description} (${defaultValue} when not given)` : description,
};

function bracketed(name: string, { required, variadic }: { readonly required: boolean; readonly variadic: boolean }): string {
  const word = variadic ? `${name}...` : name;
  return required ? `<${word}>` : `[${word}]`;
}

export const hintAfterError = 'cloister --help lists the commands, cloister COMMAND --help the options of one.';

/** What stands below the help of a command, to be copied. */
export const examples = (...lines: readonly string[]): string => `\nFor example:\n${lines.map((line) => `  ${line}`).join('\n')}`;

export const firstSteps = `
First steps:
  cloister demo                      see it, in a minute
  cloister up &                      run it
  eval "$(cloister env --wait)"      then use plain aws, boto3, any SDK`;
