/**
 * `pickle-inspect completion` and `man`: what a shell and a manual need, made from the program itself.
 *
 * @module
 */
import { Argument } from 'commander';
import type { Command } from 'commander';
import { completionScript, SHELLS } from '../../commander/completion.js';
import type { Shell } from '../../commander/completion.js';
import { manPage } from '../../commander/man-page.js';
import { EXIT } from '../exit-codes.js';
import { manSections } from '../manual.js';
import type { Session } from './session.js';

/** Adds the command `completion`. */
export function addCompletion(program: Command, session: Session): void {
  program
    .command('completion')
    .description('print a completion script; in bash: eval "$(pickle-inspect completion bash)"')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell) =>
      session.run(async () => {
        await session.io.stdout.write(completionScript(program, shell, 'show'));
        return EXIT.clean;
      }),
    );
}

/** Adds the command `man`. */
export function addMan(program: Command, session: Session, version: string): void {
  program
    .command('man')
    .description('print the man page: pickle-inspect man | man -l -')
    .action(() =>
      session.run(async () => {
        await session.io.stdout.write(manPage(program, manSections(version)));
        return EXIT.clean;
      }),
    );
}
