/**
 * The command `completion`, of every program.
 *
 * @module
 */
import type { ArgumentInfo, CommandDefinition } from './command.js';
import type { Option } from './option.js';

/** The shells, by the names that users give them. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** What the scripts call, which is no command for people. */
export const COMPLETION_SERVER = 'completion-server';

/** What a catalogue has to know of it. */
type CompletionCommand = CommandDefinition & { readonly name: 'completion'; readonly args: readonly [ArgumentInfo] };

/**
 * The command `completion`, of every program.
 * @param options - Those that every command of the program has.
 */
export function completionCommand(program: string, options: readonly Option<unknown>[] = []): CompletionCommand {
  return {
    name: 'completion',
    summary: `print a completion script; in bash: eval "$(${program} completion bash)"`,
    args: [{ syntax: '<shell>', description: 'the shell', choices: SHELLS }],
    options,
    run: async ({ args, io }) => {
      const { default: tabtab } = await import('@pnpm/tabtab');
      const shell = SHELLS.find((name) => name === args[0]) ?? 'bash';
      const script = await tabtab.getCompletionScript({
        name: program,
        completer: program,
        shell: shell === 'powershell' ? 'pwsh' : shell,
      });
      await io.stdout.write(script);
      return 0;
    },
  };
}
