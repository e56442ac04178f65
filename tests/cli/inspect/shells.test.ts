import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspect } from './harness.js';

// The completion scripts, in the shells themselves where these are installed; else by what they are made of.

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

let folder: string;
/** Without files, which the shells would offer too. */
let empty: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-shells-'));
  empty = join(folder, 'empty');
  mkdirSync(empty);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function script(shell: string): Promise<{ readonly text: string; readonly path: string }> {
  const { stdout: text } = await inspect(['completion', shell]);
  const path = join(folder, shell);
  writeFileSync(path, text);
  return { text, path };
}

/** Types a line and a tab in an interactive zsh, and prints what it shows. */
const TYPE_IN_ZSH = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= PS2= RPS1= ; autoload -Uz compinit; compinit -D -u; setopt auto_list; LISTMAX=0; source $1; print REA\\"\\"DY"
zpty -r z out '*READY*'
zpty -w -n z "$2"$'\\t'
# What it shows ends with this pattern; a timeout of the test ends it otherwise.
zpty -r z out "*$3*"
print -rn -- "$out"
zpty -d z
`;

const LINES: readonly (readonly [line: string, ...offered: readonly string[]])[] = [
  ['pickle-inspect ch', 'check'],
  ['pickle-inspect check --pro', '--profile'],
  ['pickle-inspect check --profile ', 'none', 'data', 'numpy', 'vnpy'],
  ['pickle-inspect completion ', 'bash', 'zsh', 'fish'],
  ['pickle-inspect ops --encoding l', 'latin1'],
];

describe('bash', () => {
  test.each(LINES)('%s', async (line, ...offered) => {
    const { path } = await script('bash');
    const words = line.split(' ');
    const code = `source "$0"; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _pickle_inspect; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', code, path], { encoding: 'utf8' });
    expect(stdout.trim().split('\n').sort()).toEqual([...offered].sort());
  });
});

describe('fish', () => {
  const installed = has('fish');

  test.each(LINES)('%s', async (line, ...offered) => {
    const { text, path } = await script('fish');
    if (installed) {
      const run = spawnSync('fish', ['--no-config', '-c', `source ${path}; complete -C '${line}'`], {
        cwd: empty,
        encoding: 'utf8',
      });
      const words = run.stdout
        .trim()
        .split('\n')
        .map((shown) => shown.split('\t')[0] ?? '');
      expect(run.stderr).toBe('');
      expect(words.sort()).toEqual([...offered].sort());
      return;
    }
    for (const word of offered) expect(text).toMatch(new RegExp(`(?:-a |-l |'.*\\b)${word.replace(/^--/, '')}\\b`));
  });

  test('options of the default command without its name', async () => {
    const { text, path } = await script('fish');
    if (installed) {
      const complete = `source ${path}; complete -C 'pickle-inspect --max-l'`;
      const run = spawnSync('fish', ['--no-config', '-c', complete], { encoding: 'utf8' });
      expect(run.stdout).toMatch(/^--max-lines\t/);
    } else {
      expect(text).toMatch(/not __fish_seen_subcommand_from (?!.*\bshow\b).*' -l max-lines/);
    }
  });

  test('every line is a command of its own', async () => {
    const { text } = await script('fish');
    for (const line of text.trim().split('\n').slice(1)) {
      // Quotes are closed, those inside escaped.
      expect(line).toMatch(/^complete -c pickle-inspect -n '[^']*'(?: -\w+ (?:'(?:\\.|[^'\\])*'|\S+)| -r)+$/);
    }
  });
});

describe('zsh', () => {
  const installed = has('zsh');

  test.each(LINES)('%s', async (line, ...offered) => {
    const { text, path } = await script('zsh');
    if (installed) {
      const type = join(folder, 'type.zsh');
      writeFileSync(type, TYPE_IN_ZSH);
      // A single word is completed from where it was left, of several the last one ends the list.
      const [last = ''] = [...offered].sort().slice(-1);
      const typed = line.slice(line.lastIndexOf(' ') + 1);
      const awaited = offered.length === 1 ? last.slice(typed.length) : last;
      const { stdout } = spawnSync('zsh', ['-f', type, path, line, awaited], {
        encoding: 'utf8',
        timeout: 20_000,
        cwd: empty,
      });
      // eslint-disable-next-line no-control-regex -- what moves the cursor of a terminal
      const shown = stdout.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x07\x08]/g, '');
      for (const word of offered) expect(shown).toContain(word);
      return;
    }
    for (const word of offered) expect(text).toMatch(new RegExp(`(?:'|\\*|[( ])${word}(?:[:\\[) ]|$)`, 'm'));
  });

  test('has no syntax error, and as many brackets as it needs', async () => {
    const { text, path } = await script('zsh');
    if (installed) expect(spawnSync('zsh', ['-n', path], { encoding: 'utf8' }).stderr).toBe('');
    expect(text.match(/\n {4}[\w|*-]+\) _arguments /g)?.length).toBe(text.match(/ ;;\n/g)?.length);
    expect(text).toMatch(/^#compdef pickle-inspect\n/);
  });
});
