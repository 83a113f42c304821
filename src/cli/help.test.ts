import { Command } from 'commander';
import { expect, it } from 'vitest';
import { helpStyle } from './help.ts';

const made = (): Command => {
  const program = new Command('tool').configureHelp(helpStyle);
  program
    .command('send')
    .summary('what the list says')
    .argument('<to>')
    .argument('[words...]')
    .option('--port <number>', 'where', '80')
    .option('--loud', 'how', false)
    .option('--to <name>', 'also to', [])
    .option('--prefix <text>', 'before it', '');
  return program;
};

it('lists commands with their arguments, and not that they have options', () => {
  expect(made().helpInformation()).toMatch(/^ {2}send <to> \[words\.\.\.\] {2}what the list says$/mu);
});

it('says of a default only what a reader wants to know', () => {
  const help = made().commands[0]?.helpInformation() ?? '';
  expect(help).toMatch(/^ {2}--port <number> +where \(80 when not given\)$/mu);
  for (const [option, description] of Object.entries({ loud: 'how', 'to <name>': 'also to', 'prefix <text>': 'before it' })) {
    expect(help).toMatch(new RegExp(`^ {2}--${option} +${description}$`, 'mu'));
  }
});
