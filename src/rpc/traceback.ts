/**
 * Writes an error the way Python writes one, so that a Python user can read it: `RemoteException` shows this text.
 *
 * @module
 */

const HEADER = 'Traceback (most recent call last):';

/**
 * The traceback of anything that was thrown: most recent call last, the last line `Type: message`.
 *
 * @param hideStack - leaves out the stack frames, which tell file names of this machine.
 */
export function formatTraceback(error: unknown, hideStack: boolean): string {
  const lines = [HEADER];
  if (error instanceof Error && !hideStack) {
    lines.push(...stackFrames(error));
  }
  lines.push(lastLine(error));
  return `${lines.join('\n')}\n`;
}

function lastLine(error: unknown): string {
  if (!(error instanceof Error)) {
    return `Exception: ${describe(error)}`;
  }
  const name = typeof error.name === 'string' && error.name !== '' ? error.name : 'Error';
  const message = error.message;
  return message === '' ? name : `${name}: ${message}`;
}

/** V8 puts the most recent call first: `    at add (file:///app/server.js:12:7)`. */
function stackFrames(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const frames: string[] = [];
  for (const line of stack.split('\n')) {
    const match = /^ {4}at (?:async )?(?:(.+?) \()?(.+?):(\d+):\d+\)?$/.exec(line);
    if (match !== null) {
      frames.push(`  File "${match[2] ?? ''}", line ${match[3] ?? ''}, in ${match[1] ?? '<module>'}`);
    }
  }
  return frames.reverse();
}

/** Any value may be thrown, also one whose toString throws. */
function describe(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
