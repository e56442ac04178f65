import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VNPY_BRIDGE } from '../../../src/cli/bridge/app.js';
import { PICKLE_INSPECT } from '../../../src/cli/inspect/app.js';
import { candidates } from '../../../src/cli/kit/completion.js';
import { helpIn } from '../../../src/cli/kit/help-texts.js';
import { inspect } from '../inspect/harness.js';

// The completion: what is offered, and the scripts in the shells themselves where these are installed.

const PROGRAMS = { 'pickle-inspect': PICKLE_INSPECT, 'vnpy-bridge': VNPY_BRIDGE };

const LINES: readonly (readonly [line: string, ...offered: readonly string[]])[] = [
  ['pickle-inspect ch', 'check'],
  ['pickle-inspect check --pro', '--profile'],
  ['pickle-inspect check --profile ', 'none', 'data', 'numpy', 'pandas', 'vnpy'],
  ['pickle-inspect completion ', 'bash', 'zsh', 'fish', 'powershell'],
  ['pickle-inspect ops --encoding l', 'latin1'],
  ['pickle-inspect ops -a --no-p', '--no-path'],
  ['pickle-inspect --max-l', '--max-lines'],
  ['vnpy-bridge li', 'listen'],
  ['vnpy-bridge serve --log-format ', 'auto', 'json', 'pretty'],
  ['vnpy-bridge gu', 'guard'],
  ['vnpy-bridge guard re', 'recover', 'release', 'resume'],
  ['vnpy-bridge guard halt --le', '--level'],
  ['vnpy-bridge orders --lang ', 'en', 'zh', 'zh-CN'],
  ['vnpy-bridge guard halt --level ', 'halt', 'reduce'],
  ['vnpy-bridge relay --serve-request tcp://*:1 --serve-r', '--serve-request', '--serve-read-only'],
];

describe('what is offered', () => {
  const offer = async (line: string): Promise<string[]> => {
    const [name = '', ...words] = line.split(' ');
    const program = PROGRAMS[name as keyof typeof PROGRAMS];
    return candidates(program, words, await helpIn(program, 'en')).map(({ name: word }) => word);
  };

  test.each(LINES)('%s', async (line, ...offered) => {
    expect((await offer(line)).sort()).toEqual([...offered].sort());
  });

  test.each([
    'pickle-inspect check ',
    'pickle-inspect check --policy ',
    'pickle-inspect tick.pkl ',
    'vnpy-bridge replay ',
  ])('a file, which the shell knows: %s', async (line) => {
    expect(await offer(line)).toEqual([]);
  });

  test('one argument is not offered twice, and no secret at all', async () => {
    expect(await offer('pickle-inspect completion bash ')).toEqual([]);
    expect(await offer('vnpy-bridge relay --plain-p')).toEqual(['--plain-password-file']);
  });

  test.each(['en', 'zh'] as const)('every option and every command has a description: %s', async (language) => {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const texts = await helpIn(program, language);
      for (const { name: command } of program.commands) {
        for (const { description } of candidates(program, [...command.split(' '), '--'], texts))
          expect(description, name).not.toBe('');
      }
    }
  });
});

const dist = fileURLToPath(new URL('../../../dist/cli/bin/', import.meta.url));
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

let folder: string;
/** Holds one file, which the shells offer. */
let files: string;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  if (!existsSync(dist)) throw new Error('dist/ is missing: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'tick.pkl'), '');
  for (const name of Object.keys(PROGRAMS)) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${dist}${name}.js' "$@"\n`);
    chmodSync(path, 0o755);
  }
  env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Both scripts in one file: a user has both. */
async function scripts(shell: string): Promise<string> {
  const path = join(folder, `script.${shell}`);
  const inspectScript = (await inspect(['completion', shell])).stdout;
  writeFileSync(path, inspectScript + inspectScript.replaceAll('pickle-inspect', 'vnpy-bridge'));
  return path;
}

function words(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((shown) => shown.split('\t')[0]?.trim() ?? '')
    .sort();
}

test.each(['bash', 'zsh', 'fish', 'powershell'])('the script for %s asks the program', async (shell) => {
  const { code, stdout } = await inspect(['completion', shell]);
  expect(code).toBe(0);
  expect(stdout).toContain('completion-server');
  expect(stdout).not.toMatch(/\{(?:pkgname|completer)\}/);
});

test('an unknown shell is refused with those that there are', async () => {
  expect(await inspect(['completion', 'tcsh'])).toMatchObject({ code: 4, stderr: /bash, zsh, fish, powershell/ });
});

if (has('bash')) {
  describe('bash', () => {
    /** As bash does at a Tab: runs the function that `complete` names, and its `-o default` where nothing comes. */
    const TAB = `
source "$1"
read -ra COMP_WORDS <<< "$2"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )) COMP_LINE=$2 COMP_POINT=\${#2}
registered=$(complete -p "\${COMP_WORDS[0]}")
function=\${registered##*-F }
"\${function%% *}"
[[ \${#COMPREPLY[@]} == 0 && $registered == *'-o default'* ]] && COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
printf '%s\\n' "\${COMPREPLY[@]}"`;

    test.each([...LINES, ['pickle-inspect check ti', 'tick.pkl'] as const])('%s', async (line, ...offered) => {
      const run = spawnSync('bash', ['--norc', '-c', TAB, 'bash', await scripts('bash'), line], {
        cwd: files,
        env,
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(words(run.stdout)).toEqual([...offered].sort());
    });
  });
}

if (has('fish')) {
  describe('fish', () => {
    test.each(LINES)('%s', async (line, ...offered) => {
      const code = `source ${await scripts('fish')}; complete -C '${line}'`;
      const run = spawnSync('fish', ['--no-config', '-c', code], { cwd: files, env, encoding: 'utf8' });
      expect(run.stderr).toBe('');
      expect(words(run.stdout)).toEqual([...offered].sort());
    });
  });
}

if (has('zsh')) {
  describe('zsh', () => {
    /** Types a line and a tab in an interactive zsh, and prints what it shows. */
    const TYPE = `
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

    test.each(LINES)('%s', async (line, ...offered) => {
      const type = join(folder, 'type.zsh');
      writeFileSync(type, TYPE);
      // A single word is completed from where it was left, of several the last one ends the list.
      const [last = ''] = [...offered].sort().slice(-1);
      const typed = line.slice(line.lastIndexOf(' ') + 1);
      const awaited = offered.length === 1 ? last.slice(typed.length) : last;
      const { stdout } = spawnSync('zsh', ['-f', type, await scripts('zsh'), line, awaited], {
        encoding: 'utf8',
        timeout: 20_000,
        cwd: files,
        env,
      });
      // eslint-disable-next-line no-control-regex -- what moves the cursor of a terminal
      const shown = stdout.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x07\x08]/g, '');
      for (const word of offered) expect(shown).toContain(word);
    });
  });
}
