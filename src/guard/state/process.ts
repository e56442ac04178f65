/**
 * Who a process is, beyond its number: numbers come again, in a container at once.
 *
 * @module
 */
import { readFileSync, readlinkSync } from 'node:fs';

/** What tells one process from all others. Undefined members are not told by this system. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in ticks since this boot. */
  readonly started: string | undefined;
  /** This boot of the machine. */
  readonly boot: string | undefined;
  /** The namespace in which the number holds: that of a container. */
  readonly space: string | undefined;
}

/** Tells of processes. Given by tests. */
export interface ProcessTable {
  self(): ProcessMark;
  /** The start of a process of this namespace; undefined when there is none, or the system does not tell. */
  startOf(pid: number): string | undefined;
  /** Whether there is a process of this number in this namespace. */
  exists(pid: number): boolean;
}

/** The processes of this system. */
export const systemProcesses: ProcessTable = {
  self: () => ({
    pid: process.pid,
    started: startOf(process.pid),
    boot: read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    space: read(() => readlinkSync('/proc/self/ns/pid')),
  }),
  startOf,
  exists: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // Another user's process is one.
      return error instanceof Error && 'code' in error && error.code === 'EPERM';
    }
  },
};

function startOf(pid: number): string | undefined {
  return read(() => {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name is in brackets, and may have brackets and spaces itself. Behind it, the third field is the first.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, though its number is not free.
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  });
}

function read<Value>(from: () => Value): Value | undefined {
  try {
    return from();
  } catch {
    return undefined;
  }
}
