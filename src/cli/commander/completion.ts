/**
 * Completion scripts for bash, zsh and fish, made from a commander program.
 *
 * @module
 */
import type { Command } from 'commander';
import { describeCommands } from './describe.js';
import type { CommandDescription, OptionDescription } from './describe.js';

/** Shells that scripts are made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

/** The script that a user's shell evaluates. `defaultCommand` is the one that runs without a name. */
export function completionScript(program: Command, shell: Shell, defaultCommand?: string): string {
  const name = program.name();
  const commands = describeCommands(program);
  switch (shell) {
    case 'bash':
      return bash(name, commands, defaultCommand);
    case 'zsh':
      return zsh(name, commands, defaultCommand);
    case 'fish':
      return fish(name, commands, defaultCommand);
  }
}

function identifier(name: string): string {
  return name.replace(/\W/g, '_');
}

function optionNames(command: CommandDescription): string {
  return [...command.options.flatMap((option) => option.names), '--help'].join(' ');
}

/** Words that may stand behind an option of any command, as `case` branches. */
function bashValues(command: CommandDescription): string {
  return command.options
    .filter(({ choices }) => choices.length > 0)
    .map(
      ({ names, choices }) =>
        `        ${names.join('|')}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;\n`,
    )
    .join('');
}

function bash(name: string, commands: readonly CommandDescription[], defaultCommand: string | undefined): string {
  const branches = commands
    .map((command) => {
      const label = command.name === defaultCommand ? `${command.name}|''` : command.name;
      const values = bashValues(command);
      const choices = command.arguments.flatMap((argument) => argument.choices);
      const words =
        choices.length === 0
          ? ''
          : `      [[ $word == -* ]] || { COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return; }\n`;
      const previous = values === '' ? '' : `      case "$before" in\n${values}      esac\n`;
      return `    ${label})\n${previous}${words}      [[ $word == -* ]] && COMPREPLY=($(compgen -W '${optionNames(command)}' -- "$word"))\n      ;;\n`;
    })
    .join('');
  const names = commands.map((command) => command.name).join(' ');
  return `# bash completion of ${name}: eval "$(${name} completion bash)"
_${identifier(name)}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' other
  for other in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${names} " in *" $other "*) command=$other; break ;; esac
  done
  COMPREPLY=()
  case "$command" in
${branches}  esac
  if [[ -z $command && $word != -* ]]; then
    COMPREPLY+=($(compgen -W '${names}' -- "$word"))
  fi
}
complete -o default -F _${identifier(name)} ${name}
`;
}

/** Text inside of single quotes of a shell. */
function quoted(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function zshOption({ names, description, choices, takesValue }: OptionDescription): string {
  const text = quoted(description.replace(/[[\]]/g, '').replaceAll(':', '\\:'));
  const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesValue ? ':value:_files' : '';
  return names.map((name) => `'*${name}[${text}]${value}'`).join(' ');
}

function zsh(name: string, commands: readonly CommandDescription[], defaultCommand: string | undefined): string {
  const list = commands
    .map((command) => `    '${command.name}:${quoted(command.description.replaceAll(':', '\\:'))}'`)
    .join('\n');
  const branches = commands
    .map((command) => {
      const label = command.name === defaultCommand ? `${command.name}|*` : command.name;
      const choices = command.arguments.flatMap((argument) => argument.choices);
      const files = choices.length > 0 ? `'*:value:(${choices.join(' ')})'` : `'*:input:_files'`;
      return {
        isDefault: command.name === defaultCommand,
        text: `    ${label}) _arguments ${command.options.map(zshOption).join(' ')} ${files} ;;`,
      };
    })
    // The default's pattern takes everything, so it stands last.
    .sort((a, b) => Number(a.isDefault) - Number(b.isDefault))
    .map(({ text }) => text)
    .join('\n');
  return `#compdef ${name}
# zsh completion of ${name}: source <(${name} completion zsh)
_${identifier(name)}() {
  local -a commands
  commands=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _files
    return
  fi
  case $words[2] in
${branches}
  esac
}
compdef _${identifier(name)} ${name}
`;
}

function fish(name: string, commands: readonly CommandDescription[], defaultCommand: string | undefined): string {
  const lines = [`# fish completion of ${name}: ${name} completion fish | source`];
  const none = `not __fish_seen_subcommand_from ${commands.map((command) => command.name).join(' ')}`;
  for (const command of commands)
    lines.push(`complete -c ${name} -n '${none}' -a ${command.name} -d '${fishText(command.description)}'`);

  for (const command of commands) {
    // The default command's options are those of a line that names no other command.
    const others = commands.filter((other) => other !== command).map((other) => other.name);
    const condition =
      command.name === defaultCommand
        ? `not __fish_seen_subcommand_from ${others.join(' ')}`
        : `__fish_seen_subcommand_from ${command.name}`;
    for (const { names, description, choices, takesValue } of command.options) {
      const flags = names
        .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
        .join(' ');
      const value = choices.length > 0 ? ` -xa '${choices.join(' ')}'` : takesValue ? ' -r' : '';
      lines.push(`complete -c ${name} -n '${condition}' ${flags}${value} -d '${fishText(description)}'`);
    }
    const words = command.arguments.flatMap((argument) => argument.choices);
    if (words.length > 0) lines.push(`complete -c ${name} -n '${condition}' -xa '${words.join(' ')}'`);
  }
  return `${lines.join('\n')}\n`;
}

function fishText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
