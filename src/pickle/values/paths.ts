/**
 * Python's `pathlib`.
 *
 * @module
 */
import { pythonKey } from './keys.js';

/** The classes of `pathlib` whose instances travel. */
export type PathClass = 'PosixPath' | 'PurePosixPath' | 'WindowsPath' | 'PureWindowsPath';

/** A Python path: its class and its parts. Note that a `PosixPath` does not load on Windows, nor the reverse. */
export class PyPath {
  readonly type: PathClass;
  /** As `path.parts`: `['/', 'home', 'trader']`. */
  readonly parts: readonly string[];

  constructor(type: PathClass, parts: readonly string[]) {
    this.type = type;
    this.parts = Object.freeze([...parts]);
  }

  /** The path with the separators of its own system. */
  toString(): string {
    const separator = this.type.endsWith('PosixPath') ? '/' : '\\';
    const text = this.parts.reduce(
      (path, part) => (path === '' || path.endsWith(separator) ? path + part : path + separator + part),
      '',
    );
    return text === '' ? '.' : text;
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
