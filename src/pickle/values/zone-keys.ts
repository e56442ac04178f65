/**
 * Which keys Python's zoneinfo takes.
 *
 * A key is the path of a file below the folder of the zones: letters of the wrong case are another file on Linux, where
 * `Intl` ignores case.
 *
 * @module
 */
import { ZONE_NAMES } from './zone-names.js';

/** Made at the first question: most programs name one zone. */
let spellings: ReadonlyMap<string, string> | undefined;

/** The last keys that were found good: a feed has the same one in every message. */
let lastWellFormed = '';
let lastKnown = '';

/**
 * Why no Python has a zone of this key, whatever files it has; undefined where one may. As `_validate_path` of CPython's
 * Lib/zoneinfo/_tzpath.py: the key is a normalized relative path.
 */
export function malformedZoneKey(key: unknown): string | undefined {
  if (key === lastWellFormed && key !== '') return undefined;
  if (typeof key !== 'string') return `The key of a time zone is a string, not ${typeof key}`;
  const isPath = !key.includes('\0') && key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPath) return `${shown(key)} is no key of a time zone: they are like 'Asia/Shanghai'`;
  lastWellFormed = key;
  return undefined;
}

/** Why a Python that has the IANA database does not know a key, as a sentence; undefined where it does. */
export function unknownZoneKey(key: string): string | undefined {
  if (key === lastKnown) return undefined;
  spellings ??= new Map(ZONE_NAMES.map((name) => [name.toLowerCase(), name]));
  const spelling = spellings.get(key.toLowerCase());
  if (spelling !== undefined && spelling !== key) {
    return `The time zone ${shown(key)} is spelled ${shown(spelling)} in Python, which tells case`;
  }
  if (spelling === undefined && !isNewer(key)) return `The time zone ${shown(key)} is not in the IANA database`;
  lastKnown = key;
  return undefined;
}

/**
 * Whether the engine knows a zone that the table does not have: of a newer database. `Intl` also takes abbreviations (`JST`)
 * and offsets (`+08:00`), which zoneinfo does not have: new zones always have an area. It takes names that were removed
 * (`US/Pacific-New`) and the wrong case, too, but resolves these to another name; and it keeps ICU's own `SystemV/AST4`.
 */
function isNewer(key: string): boolean {
  if (!key.includes('/') || key.startsWith('SystemV/')) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: key }).resolvedOptions().timeZone === key;
  } catch {
    return false;
  }
}

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 60));
}
