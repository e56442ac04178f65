/**
 * Recordings as one stream of messages.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { isMcap } from '../../recording/format.js';
import type { RecordedMessage } from '../../recording/format.js';
import { RecordingDamagedError, RecordingUnsupportedError, readRecording } from '../../recording/reader.js';
import { CliError, tell } from '../../kit/errors.js';

/** Which part of a recording is wanted: ns since 1970. */
export interface TimeRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** @throws {@link CliError} for a file that cannot be read or is no recording. */
export async function checkRecordings(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const head = Buffer.alloc(8);
    try {
      const handle = await open(path);
      try {
        await handle.read(head, 0, head.length, 0);
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw new CliError('FILE', (texts) => texts.cannotRead(path, tell(error, texts)), { cause: error });
    }
    if (!isMcap(head)) throw new CliError('FILE', (texts) => texts.noRecording(path));
  }
}

/** A recording that cannot be read to its end. */
export interface Shortfall {
  readonly path: string;
  /** What is left out, and from where on. */
  readonly why: string;
  /** Sound up to where a crash has cut it off, which a recording is made to survive; otherwise it is damaged. */
  readonly cut: boolean;
}

/**
 * All messages of some recordings, file after file.
 *
 * @param short - Told of a file that cannot be read to its end; the next file follows.
 * @throws {@link CliError} for a file that needs a newer Node.js or a newer version of this program.
 */
export async function* readAll(
  paths: readonly string[],
  short: (shortfall: Shortfall) => void,
): AsyncGenerator<RecordedMessage> {
  for (const path of paths) {
    try {
      const { complete, cutBytes } = yield* readRecording(path);
      if (!complete) short({ path, why: `was not closed; ${cutBytes} bytes at its end are cut off`, cut: true });
    } catch (error) {
      if (error instanceof RecordingUnsupportedError)
        throw new CliError('FILE', (texts) => texts.file(path, error.message));
      if (!(error instanceof RecordingDamagedError)) throw error;
      const { lastTime: last } = error;
      const left =
        last === undefined
          ? 'all of it is left out'
          : `what was recorded after ${new Date(Number(last / 1_000_000n)).toISOString()} is left out`;
      short({ path, why: `is ${error.message}: ${left}`, cut: false });
    }
  }
}
