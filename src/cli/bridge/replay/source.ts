/**
 * Recordings as one stream of messages.
 *
 * @module
 */
import { open } from 'node:fs/promises';
import { messageOf } from '../../../errors.js';
import { isMcap } from '../../recording/format.js';
import type { RecordedMessage } from '../../recording/format.js';
import { RecordingDamagedError, RecordingUnsupportedError, readRecording } from '../../recording/reader.js';
import { CliError } from '../errors.js';

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
      throw new CliError('FILE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
    }
    if (!isMcap(head)) throw new CliError('FILE', `${path} is no recording (no MCAP file)`);
  }
}

/**
 * All messages of some recordings, file after file.
 *
 * @param damaged - Told of a file that cannot be read to its end; the next file follows.
 * @throws {@link CliError} for a file that needs a newer Node.js or a newer version of this program.
 */
export async function* readAll(
  paths: readonly string[],
  damaged: (path: string, why: string) => void,
): AsyncGenerator<RecordedMessage> {
  for (const path of paths) {
    try {
      const end = yield* readRecording(path);
      if (!end.complete) damaged(path, `was not closed; ${end.cutBytes} bytes at its end are cut off`);
    } catch (error) {
      if (error instanceof RecordingUnsupportedError) throw new CliError('FILE', `${path}: ${error.message}`);
      if (!(error instanceof RecordingDamagedError)) throw error;
      damaged(path, error.message);
    }
  }
}
