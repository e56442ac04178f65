/**
 * Python's `pathlib`.
 *
 * @module
 */
import { pythonKey } from './keys.js';

/** The classes of `pathlib` whose instances travel. */
export type PathClass = 'PosixPath' | 'PurePosixPath' | 'WindowsPath' | 'PureWindowsPath';

/** All of them. @internal */
export const PATH_CLASSES: readonly PathClass[] = ['PosixPath', 'PurePosixPath', 'WindowsPath', 'PureWindowsPath'];

/** A Python path: its class and its parts. Note that a `PosixPath` does not load on Windows, nor the reverse. */
export class PyPath {
  readonly type: PathClass;
  /** As `path.parts`: `['/', 'home', 'trader']`. */
  readonly parts: readonly string[];
  #decoded = false;

  /**
   * @param segments - text that Python's constructor takes: a whole path, its parts, or anything between.
   * @throws RangeError when there is no such class.
   */
  constructor(type: PathClass, segments: readonly string[]) {
    if (!PATH_CLASSES.includes(type)) throw new RangeError(`${JSON.stringify(type)} is no class of pathlib's paths`);
    this.type = type;
    this.parts = Object.freeze(type.endsWith('PosixPath') ? posixParts(segments) : windowsParts(segments));
  }

  /** One that came in a pickle. @param forward - whether it may be written to others for that. @internal */
  static read(type: PathClass, segments: readonly string[], forward: boolean): PyPath {
    const path = new PyPath(type, segments);
    path.#decoded = forward;
    return path;
  }

  /** Whether it came in a pickle that may be written to others. @internal */
  static isDecoded(path: PyPath): boolean {
    return path.#decoded;
  }

  /** The path with the separators of its own system. */
  toString(): string {
    const separator = this.type.endsWith('PosixPath') ? '/' : '\\';
    const [first = '.', ...others] = this.parts;
    if (others.length === 0) return first;
    // A root ends with its separator; a drive alone, as in `C:notes.txt`, has none.
    const anchor = first.endsWith(separator) || (separator === '\\' && /^[^\\]:$/.test(first));
    return first + (anchor ? '' : separator) + others.join(separator);
  }

  /** As `toString()`. */
  toJSON(): string {
    return this.toString();
  }

  /** @internal */
  [pythonKey](): string {
    return `path ${this.type.replace('Pure', '')} ${this.toString()}`;
  }
}

function names(text: string, separator: string): string[] {
  return text.split(separator).filter((name) => name !== '' && name !== '.');
}

function posixParts(segments: readonly string[]): string[] {
  // As in Python an absolute segment throws away what comes before it.
  const start = Math.max(
    0,
    segments.findLastIndex((segment) => segment.startsWith('/')),
  );
  const [first = '', ...others] = segments.slice(start);
  const text = others.reduce((path, segment) => (path.endsWith('/') ? path : `${path}/`) + segment, first);
  if (!text.startsWith('/')) return names(text, '/');
  // POSIX leaves the meaning of exactly two slashes to the system.
  return [/^\/\/(?!\/)/.test(text) ? '//' : '/', ...names(text, '/')];
}

/** Drive or share, then the root. */
const ANCHOR = /^(\\\\[^\\]+\\[^\\]+|[^\\]:)?(\\*)/;

function windowsParts(segments: readonly string[]): string[] {
  let drive = '';
  let root = '';
  let parts: string[] = [];
  for (const segment of segments) {
    const text = segment.replaceAll('/', '\\');
    const [anchor = '', ownDrive = '', ownRoot = ''] = ANCHOR.exec(text) ?? [];
    const otherDrive = ownDrive !== '' && ownDrive.toLowerCase() !== drive.toLowerCase();
    if (ownRoot !== '' || otherDrive) parts = [];
    if (otherDrive) root = '';
    if (ownDrive !== '') drive = ownDrive;
    // A share has a root, also where none is written.
    if (ownRoot !== '' || ownDrive.startsWith('\\')) root = '\\';
    parts.push(...names(text.slice(anchor.length), '\\'));
  }
  return drive === '' && root === '' ? parts : [drive + root, ...parts];
}
