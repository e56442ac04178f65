/**
 * All commands, each with the module that it needs: only the one that runs is loaded, so that the program starts fast.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Session } from './session.js';

/** Adds a command to the program. */
export type AddCommand = (program: Command, session: Session, version: string) => void;

/** Loads the commands, in the order of the help. */
const LOADERS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  show: async () => (await import('../run/show.js')).addShow,
  ops: async () => (await import('../run/ops.js')).addOps,
  hex: async () => (await import('../run/hex.js')).addHex,
  json: async () => (await import('../run/json.js')).addJson,
  py: async () => (await import('../run/code.js')).addPy,
  js: async () => (await import('../run/code.js')).addJs,
  pack: async () => (await import('../run/repack.js')).addPack,
  repack: async () => (await import('../run/repack.js')).addRepack,
  select: async () => (await import('../run/select.js')).addSelect,
  check: async () => (await import('../run/check.js')).addCheck,
  diff: async () => (await import('../run/diff.js')).addDiff,
  stats: async () => (await import('../run/stats.js')).addStats,
  lint: async () => (await import('../run/lint.js')).addLint,
  html: async () => (await import('../run/html.js')).addHtml,
  explain: async () => (await import('../run/explain.js')).addExplain,
  completion: async () => (await import('./completion.js')).addCompletion,
  man: async () => (await import('./completion.js')).addMan,
};

/** The command that runs when none is named. */
export const DEFAULT_COMMAND = 'show';

/** Commands that describe all the others. */
const DESCRIBING: ReadonlySet<string> = new Set(['help', 'man', 'completion', '-h', '--help']);

/** Loads what the arguments ask for: the named command, the default one for a file or an option, or all of them. */
export async function loadCommands(args: readonly string[]): Promise<readonly AddCommand[]> {
  const [first] = args;
  if (first === undefined || !DESCRIBING.has(first)) {
    const name = first !== undefined && Object.hasOwn(LOADERS, first) ? first : DEFAULT_COMMAND;
    const load = LOADERS[name];
    return load === undefined ? [] : [await load()];
  }
  return Promise.all(Object.values(LOADERS).map((load) => load()));
}
