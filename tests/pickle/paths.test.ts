/** The parts of a path, as Python's pathlib gives them. */
import { describe, expect, test } from 'vitest';
import { dumps, loads, PyPath } from 'vnpy-bridge/pickle';
import type { PathClass } from 'vnpy-bridge/pickle';

/** `type(*segments).parts` and `str(type(*segments))`, by CPython 3.13. */
const PATHS: readonly (readonly [PathClass, readonly string[], readonly string[], string])[] = [
  ['PurePosixPath', ['/a/b.txt'], ['/', 'a', 'b.txt'], '/a/b.txt'],
  ['PurePosixPath', ['/', 'a', 'b.txt'], ['/', 'a', 'b.txt'], '/a/b.txt'],
  ['PurePosixPath', ['a', 'b'], ['a', 'b'], 'a/b'],
  ['PurePosixPath', ['a//b/./c'], ['a', 'b', 'c'], 'a/b/c'],
  ['PurePosixPath', ['a', '/b', 'c'], ['/', 'b', 'c'], '/b/c'],
  ['PurePosixPath', ['//net/x'], ['//', 'net', 'x'], '//net/x'],
  ['PurePosixPath', ['///x'], ['/', 'x'], '/x'],
  ['PurePosixPath', [], [], '.'],
  ['PurePosixPath', ['.'], [], '.'],
  ['PurePosixPath', ['a/..'], ['a', '..'], 'a/..'],
  ['PurePosixPath', ['a/'], ['a'], 'a'],
  ['PurePosixPath', ['~/x'], ['~', 'x'], '~/x'],
  ['PureWindowsPath', ['C:\\x'], ['C:\\', 'x'], 'C:\\x'],
  ['PureWindowsPath', ['C:\\', 'x', 'y'], ['C:\\', 'x', 'y'], 'C:\\x\\y'],
  ['PureWindowsPath', ['C:/a/b'], ['C:\\', 'a', 'b'], 'C:\\a\\b'],
  ['PureWindowsPath', ['C:a'], ['C:', 'a'], 'C:a'],
  ['PureWindowsPath', ['\\a'], ['\\', 'a'], '\\a'],
  ['PureWindowsPath', ['\\\\srv\\share\\dir'], ['\\\\srv\\share\\', 'dir'], '\\\\srv\\share\\dir'],
  ['PureWindowsPath', ['\\\\srv\\share'], ['\\\\srv\\share\\'], '\\\\srv\\share\\'],
  ['PureWindowsPath', ['a', 'D:\\b'], ['D:\\', 'b'], 'D:\\b'],
  ['PureWindowsPath', ['C:\\a', '\\b'], ['C:\\', 'b'], 'C:\\b'],
  ['PureWindowsPath', ['C:\\a', 'c:b'], ['c:\\', 'a', 'b'], 'c:\\a\\b'],
  ['PureWindowsPath', ['C:\\a', 'D:b'], ['D:', 'b'], 'D:b'],
  ['PureWindowsPath', [], [], '.'],
  ['PureWindowsPath', ['x', 'y.txt'], ['x', 'y.txt'], 'x\\y.txt'],
];

describe('a path', () => {
  test.each(PATHS)('%s of %j', (type, segments, parts, text) => {
    const path = new PyPath(type, segments);
    expect(path.parts).toEqual(parts);
    expect(String(path)).toBe(text);
    expect(loads(dumps(path))).toEqual(path);
  });
});
