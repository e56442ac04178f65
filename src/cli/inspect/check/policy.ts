/**
 * What `check` allows: a profile, and names on top of it.
 *
 * @module
 */
import { CliError, tell } from '../../kit/errors.js';
import { isSingledOut } from './dangerous.js';
import type { Profile } from '../lens/known.js';

/** The profiles that the command line knows. */
export const PROFILES = ['none', 'data', 'numpy', 'pandas', 'vnpy'] as const;
/** One of {@link PROFILES}; `none` allows no name at all. */
export type PolicyProfile = (typeof PROFILES)[number];

/** A policy. */
export interface Policy {
  /** For the report: the profile, or the file's name. */
  readonly title: string;
  readonly profile: PolicyProfile;
  /** `module.Class`, `package.*`, `persid`, `ext:7`, `ext:*`. */
  readonly allow: readonly string[];
  /** Names that are refused whatever allows them; the same patterns. */
  readonly deny: readonly string[];
}

/** What is allowed when nobody says more: what the other commands warn about. */
export const VNPY_POLICY: Policy = { title: 'vnpy', profile: 'vnpy', allow: [], deny: [] };

const PATTERN = /^(?:persid|ext:(?:\d+|\*)|[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*(?:\.\*)?)$/u;

/** Checks a pattern of the command line or of a file. @throws {@link CliError} */
export function checkPattern(pattern: string): string {
  if (PATTERN.test(pattern)) return pattern;
  throw new CliError('USAGE', (texts) => texts.noPattern(JSON.stringify(pattern)));
}

/** A name as a pickle has it: the name itself can be a path through attributes, `os.system` of the module `vnpy.trader.engine`. */
export interface PickledName {
  readonly module: string;
  readonly name: string;
}

/**
 * Whether the patterns allow a name. `package.*` is for what the modules of the package hold, and for no path through
 * attributes. Such a path can lead out of the package, to whatever its modules import. It needs its exact name. So does what is
 * known to be dangerous in a package that is not dangerous as a whole.
 */
export function allows(patterns: readonly string[], { module, name }: PickledName): boolean {
  const isPath = name.includes('.');
  return patterns.some((pattern) => {
    if (pattern === `${module}.${name}`) return true;
    if (isPath || !pattern.endsWith('.*') || !`${module}.`.startsWith(pattern.slice(0, -1))) return false;
    return !isSingledOut(module, name, pattern);
  });
}

/** Whether the patterns deny a name: `package.*` is for everything below the package. */
export function denies(patterns: readonly string[], { module, name }: PickledName): boolean {
  const fullName = `${module}.${name}`;
  return patterns.some(
    (pattern) => pattern === fullName || (pattern.endsWith('.*') && fullName.startsWith(pattern.slice(0, -1))),
  );
}

/** What each profile allows. That of vnpy has no tables: a wire of vnpy carries none. */
const ALLOWED: Readonly<Record<PolicyProfile, ReadonlySet<Profile>>> = {
  none: new Set(),
  data: new Set<Profile>(['data']),
  numpy: new Set<Profile>(['data', 'numpy']),
  pandas: new Set<Profile>(['data', 'numpy', 'pandas']),
  vnpy: new Set<Profile>(['data', 'numpy', 'vnpy']),
};

/** Whether a profile allows what a recogniser knows. */
export function profileAllows(policy: PolicyProfile, known: Profile): boolean {
  return ALLOWED[policy].has(known);
}

function patterns(value: unknown, field: string, file: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    throw new CliError('USAGE', (texts) => texts.noNames(file, field));

  return value.map(checkPattern);
}

const FIELDS: ReadonlySet<string> = new Set(['profile', 'allow', 'deny']);

/**
 * Reads a policy file: `{"profile": "vnpy", "allow": ["my.module.Class"], "deny": []}`.
 * @throws {@link CliError} for anything else, unknown fields too: a misspelt "allow" must not pass.
 */
export function parsePolicy(text: string, file: string): Policy {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError('USAGE', (texts) => texts.noJson(file, tell(error, texts)));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliError('USAGE', (texts) => texts.noObject(file));
  const fields = value as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(fields))
    if (!FIELDS.has(field)) throw new CliError('USAGE', (texts) => texts.unknownField(file, JSON.stringify(field)));

  const profile = fields['profile'] ?? 'none';
  const known = PROFILES.find((name) => name === profile);
  if (known === undefined) throw new CliError('USAGE', (texts) => texts.noProfile(file, PROFILES.join(', ')));
  return {
    title: file,
    profile: known,
    allow: patterns(fields['allow'], 'allow', file),
    deny: patterns(fields['deny'], 'deny', file),
  };
}
