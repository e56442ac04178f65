import { describe, expect, test } from 'vitest';
import { RemoteException } from '../../src/rpc/errors.js';
import { Emitter } from '../../src/rpc/emitter.js';
import { PythonError, Signature } from '../../src/rpc/signature.js';
import { formatTraceback, ownFolders } from '../../src/rpc/traceback.js';

function thrower(): never {
  throw new RangeError('no such thing');
}

describe('formatTraceback', () => {
  test('lists the frames most recent call last, and ends with the type and the message', () => {
    let text = '';
    try {
      thrower();
    } catch (error) {
      text = formatTraceback(error, false);
    }
    const lines = text.split('\n');
    expect(lines[0]).toBe('Traceback (most recent call last):');
    expect(lines.at(-1)).toBe('');
    expect(lines.at(-2)).toBe('RangeError: no such thing');
    expect(lines.at(-3)).toMatch(/^ {2}File ".*traceback\.test\.ts", line \d+, in thrower$/);
  });

  test("leaves out this package's own frames, and keeps the handler's", () => {
    const textOf = (run: () => unknown): string => {
      try {
        run();
      } catch (error) {
        return formatTraceback(error, false);
      }
      throw new Error('it did not throw');
    };
    const signature = new Signature('add', ['a', 'b']);
    expect(textOf(() => signature.bind([1], {}))).not.toContain('signature.ts');
    // A callback that this package calls: the frames around its own stay.
    const emitter = new Emitter({ event: true }, (_name, cause) => {
      throw cause;
    });
    emitter.on('event', thrower);
    const text = textOf(() => {
      emitter.emit('event');
    });
    expect(text).toContain(', in thrower');
    expect(text).toMatch(/in textOf/);
    expect(text).not.toContain('emitter.ts');
  });

  test.each([
    ['installed', 'file:///app/node_modules/vnpy-bridge/dist/rpc/traceback.js', '/app/node_modules/vnpy-bridge/dist/'],
    ['from its sources', 'file:///app/src/rpc/traceback.ts', '/app/src/'],
  ])('knows its own folder: %s', (_, module, folder) => {
    expect(ownFolders(module)).toEqual(['node:internal/', `file://${folder}`, folder]);
  });

  test.each([
    ['an ES module', 'file:///app/dist/server.mjs'],
    ['CommonJS', undefined],
  ])("takes no frames of a program's for its own where it is bundled with it: %s", (_, module) => {
    expect(ownFolders(module)).toEqual(['node:internal/']);
  });

  test('leaves the frames out when told', () => {
    const error = new PythonError('KeyError', "'x'");
    expect(formatTraceback(error, true)).toBe("Traceback (most recent call last):\nKeyError: 'x'\n");
  });

  test.each([
    ['text', 'Exception: text'],
    [undefined, 'Exception: undefined'],
    [Object.create(null), 'Exception: [object Object]'],
    [new Error(''), 'Error'],
  ])('writes whatever was thrown: %o', (thrown, last) => {
    expect(formatTraceback(thrown, true)).toBe(`Traceback (most recent call last):\n${last}\n`);
  });

  test('takes no time over a message that looks like frames', () => {
    const message = `\n    at ${' (x'.repeat(300_000)}`;
    expect(formatTraceback(new Error(message), false)).toMatch(/\nError: \n {4}at /);
  });

  test('is what RemoteException reads', () => {
    const error = new RemoteException('f', formatTraceback(new PythonError('ValueError', 'first\nsecond'), false));
    expect(error).toMatchObject({ type: 'ValueError', remoteMessage: 'first\nsecond', method: 'f' });
  });
});

describe('RemoteException', () => {
  test.each([
    ['get_all_accounts', "KeyError: 'get_all_accounts'", true],
    ["it's", `KeyError: "it's"`, true],
    ['get_all_accounts', "KeyError: 'balance'", false],
    ['get_all_accounts', "ValueError: 'get_all_accounts'", false],
  ])('explains the KeyError of a function that the server does not have: %s, %s', (method, last, unknown) => {
    const error = new RemoteException(
      method,
      `Traceback (most recent call last):\n  File "x", line 1, in run\n${last}\n`,
    );
    expect(error.message).toBe(`${method}: ${last}${unknown ? ' (the server offers no function of that name)' : ''}`);
    expect(`${error.type}: ${error.remoteMessage}`).toBe(last);
  });

  test.each([
    [
      'Traceback (most recent call last):\n  File "server.py", line 120, in run\n    r = func(*args)\n        ^^^\nValueError: boom\n',
      'ValueError',
      'boom',
    ],
    ['Traceback (most recent call last):\n  File "x", line 1, in run\nKeyError: \'nope\'\n', 'KeyError', "'nope'"],
    ['Traceback (most recent call last):\n  File "x", line 1, in f\nAssertionError\n', 'AssertionError', ''],
    [
      'Traceback (most recent call last):\n  File "x", line 1, in f\nvnpy.rpc.client.RemoteException: a\nb: c\n',
      'vnpy.rpc.client.RemoteException',
      'a\nb: c',
    ],
    ['something else entirely', '', 'something else entirely'],
  ])('reads type and message from a traceback', (traceback, type, remoteMessage) => {
    expect(new RemoteException('f', traceback)).toMatchObject({ traceback, type, remoteMessage });
  });
});
