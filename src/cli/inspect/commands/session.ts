/**
 * One run of the program, as its commands see it.
 *
 * @module
 */
import type { Io } from '../../kit/io.js';
import type { ExitCode } from '../exit-codes.js';

/** What a command gets, and where it leaves its exit code. */
export class Session {
  readonly io: Io;
  /** The exit code of the command that ran; undefined when none did. */
  code: ExitCode | undefined;

  constructor(io: Io) {
    this.io = io;
  }

  /** Runs a command's work and keeps its exit code. */
  async run(work: () => Promise<ExitCode>): Promise<void> {
    this.code = await work();
  }
}
