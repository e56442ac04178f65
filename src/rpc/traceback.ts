/**
 * Writes an error the way Python writes one, so that a Python user can read it: `RemoteException` shows this text.
 *
 * Nothing here throws, whatever was thrown: an error may be a Proxy, its properties getters.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { describeThrown, readError } from '../errors.js';

const HEADER = 'Traceback (most recent call last):';

/**
 * No frame is longer, in characters. The stack begins with the message, which may have lines of a client's. To look for a frame
 * in a long one could take for ever.
 */
const LONGEST_FRAME = 2000;

/**
 * How stacks begin to name this package's code, and what is inside of Node.js. That is the folder `.../dist/`, or `.../src/`
 * where it is run from the sources. Each is there as a module's address, and as a path for what is loaded as CommonJS. In a
 * bundle the folder is not known: the package is in one file with the program, whose frames must stay.
 *
 * @param module - the address of this module: a bundle's, or nothing in a bundle that is CommonJS.
 */
export function ownFolders(module: string | undefined): readonly string[] {
  if (module === undefined || !/\/rpc\/traceback\.[jt]s$/.test(module)) return ['node:internal/'];
  const folder = new URL('..', module);
  return ['node:internal/', folder.href, ...(folder.protocol === 'file:' ? [fileURLToPath(folder)] : [])];
}

const OWN_FOLDERS = ownFolders(import.meta.url);

/**
 * The traceback of anything that was thrown: most recent call last, the last line `Type: message`. Frames of this package are
 * left out. They say nothing to the one who called, and nothing to the author of the function.
 *
 * @param hideStack - leaves out the stack frames, which tell file names of this machine.
 */
export function formatTraceback(error: unknown, hideStack: boolean): string {
  const frames = hideStack ? [] : stackFrames(readError(error, 'stack') ?? '');
  const lines = [HEADER, ...frames, lastLine(error)];
  return `${lines.join('\n')}\n`;
}

function lastLine(error: unknown): string {
  const name = readError(error, 'name');
  const message = readError(error, 'message');
  if (name === undefined && message === undefined) return `Exception: ${describeThrown(error)}`;

  const type = name === undefined || name === '' ? 'Error' : name;
  return message === '' ? type : `${type}: ${message ?? describeThrown(error)}`;
}

/** V8 puts the most recent call first: `    at add (file:///app/server.js:12:7)`. */
function stackFrames(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split('\n')) {
    const match = line.length > LONGEST_FRAME ? null : /^ {4}at (?:async )?(?:(.+?) \()?(.+?):(\d+):\d+\)?$/.exec(line);
    if (match !== null && !OWN_FOLDERS.some((folder) => match[2]?.startsWith(folder)))
      frames.push(`  File "${match[2] ?? ''}", line ${match[3] ?? ''}, in ${match[1] ?? '<module>'}`);
  }
  return frames.reverse();
}
