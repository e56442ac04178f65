/**
 * Writes an error the way Python writes one, so that a Python user can read it: `RemoteException` shows this text.
 *
 * Nothing here throws, whatever was thrown: an error may be a Proxy, its properties getters.
 *
 * @module
 */
import { describeThrown, readError } from '../errors.js';

const HEADER = 'Traceback (most recent call last):';

/**
 * No frame is longer, in characters. The stack begins with the message, which may have lines of a client's: to look for a
 * frame in a long one could take for ever.
 */
const LONGEST_FRAME = 2000;

/**
 * The traceback of anything that was thrown: most recent call last, the last line `Type: message`.
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
  if (name === undefined && message === undefined) {
    return `Exception: ${describeThrown(error)}`;
  }
  const type = name === undefined || name === '' ? 'Error' : name;
  return message === '' ? type : `${type}: ${message ?? describeThrown(error)}`;
}

/** V8 puts the most recent call first: `    at add (file:///app/server.js:12:7)`. */
function stackFrames(stack: string): string[] {
  const frames: string[] = [];
  for (const line of stack.split('\n')) {
    const match = line.length > LONGEST_FRAME ? null : /^ {4}at (?:async )?(?:(.+?) \()?(.+?):(\d+):\d+\)?$/.exec(line);
    if (match !== null) {
      frames.push(`  File "${match[2] ?? ''}", line ${match[3] ?? ''}, in ${match[1] ?? '<module>'}`);
    }
  }
  return frames.reverse();
}
