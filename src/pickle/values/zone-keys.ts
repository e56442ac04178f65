/**
 * Which keys Python's zoneinfo takes.
 *
 * A key is the path of a file below the folder of the zones. Letters of the wrong case are another file on Linux, where `Intl`
 * ignores case.
 *
 * @module
 */
import { ZONE_NAMES } from './zone-names.js';

/** Made at the first question: most programs name one zone. */
let spellings: ReadonlyMap<string, string> | undefined;

/** Keys that were found good: a feed has the same few in every message. */
const wellFormed = new Set<string>();
const known = new Set<string>();

/** Bounds of what is remembered: keys come from pickles, too. The longest of the table has 32 characters. */
const MAX_REMEMBERED = 64;
const MAX_REMEMBERED_LENGTH = 64;

/**
 * Why no Python has a zone of this key, whatever files it has; undefined where one may. As `_validate_path` of CPython's
 * Lib/zoneinfo/_tzpath.py: the key is a normalized relative path.
 */
export function malformedZoneKey(key: unknown): string | undefined {
  if (typeof key !== 'string') return `The key of a time zone is a string, not ${typeof key}`;
  if (wellFormed.has(key)) return undefined;
  const isPath = !key.includes('\0') && key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPath) return `${shown(key)} is no key of a time zone: they are like 'Asia/Shanghai'`;
  remember(wellFormed, key);
  return undefined;
}

/** Why a Python that has the IANA database does not know a key, as a sentence; undefined where it does. */
export function unknownZoneKey(key: string): string | undefined {
  if (known.has(key)) return undefined;
  spellings ??= new Map(ZONE_NAMES.map((name) => [name.toLowerCase(), name]));
  const spelling = spellings.get(key.toLowerCase());
  if (spelling !== undefined && spelling !== key)
    return `The time zone ${shown(key)} is spelled ${shown(spelling)} in Python, which tells case`;

  if (spelling === undefined && !isNewer(key)) return `The time zone ${shown(key)} is not in the IANA database`;
  remember(known, key);
  return undefined;
}

/**
 * Whether the engine knows a zone that the table does not have, because it is of a newer database. `Intl` also takes
 * abbreviations (`JST`) and offsets (`+08:00`), which zoneinfo does not have. New zones always have an area. It takes names that
 * were removed (`US/Pacific-New`) and the wrong case, too, but resolves these to another name; and it keeps ICU's own
 * `SystemV/AST4`.
 */
function isNewer(key: string): boolean {
  if (!key.includes('/') || key.startsWith('SystemV/')) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: key }).resolvedOptions().timeZone === key;
  } catch {
    return false;
  }
}

/** Forgets all of them when there are too many: what is in use comes back at once. */
function remember(keys: Set<string>, key: string): void {
  if (key.length > MAX_REMEMBERED_LENGTH) return;
  if (keys.size >= MAX_REMEMBERED) keys.clear();
  keys.add(key);
}

function shown(key: string): string {
  return JSON.stringify(key.slice(0, 60));
}
