/**
 * Files in memory that lose what was not synced, and fail when they are told to.
 *
 * @module
 */
import { dirname } from 'node:path';
import type { AuditLogOptions } from '../../../src/guard/audit/log.js';
import { AuditLog } from '../../../src/guard/audit/log.js';
import type { GuardClock } from '../../../src/guard/audit/clock.js';
import type { FileFacts, FileLayer, OpenFile } from '../../../src/guard/audit/files.js';

interface Inode {
  readonly id: number;
  current: Buffer;
  durable: Buffer;
  isFile: boolean;
  mode: number;
}

/** A call that is about to be made. */
export interface FileCall {
  readonly number: number;
  readonly name: string;
  readonly path: string;
}

/** Throws to let the call fail; a number lets a write take so many bytes at most. */
export type Fault = (call: FileCall) => number | undefined | Promise<undefined>;

/** What a power loss leaves of bytes that were not synced. */
export type Unsynced = 'nothing' | 'half' | 'all';

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

export class MemoryFiles implements FileLayer {
  current = new Map<string, Inode>();
  durable = new Map<string, Inode>();
  calls = 0;
  fault: Fault = () => undefined;
  #ids = 0;

  /** The disk after a power loss. */
  afterPowerLoss(unsynced: Unsynced): MemoryFiles {
    return this.#copy(this.durable, (inode) => remainsOf(inode, unsynced));
  }

  /** The disk after the process was killed: the system has all that was written. */
  afterKill(): MemoryFiles {
    return this.#copy(this.current, ({ current }) => current);
  }

  text(path: string): string {
    return this.current.get(path)?.current.toString('utf8') ?? '';
  }

  /** Names of the audit's files, oldest first. */
  auditFiles(): readonly string[] {
    const names = [...this.current.keys()].filter((name) => /audit(\.\d+(\.failed)?)?\.jsonl$/.test(name));
    return names.sort((a, b) => (a.endsWith('/audit.jsonl') ? 1 : b.endsWith('/audit.jsonl') ? -1 : a < b ? -1 : 1));
  }

  auditText(): string {
    return this.auditFiles()
      .map((name) => this.text(name))
      .join('');
  }

  put(path: string, content: string | Buffer): void {
    const bytes = Buffer.from(content);
    const inode = { id: ++this.#ids, current: bytes, durable: bytes, isFile: true, mode: 0o600 };
    this.current.set(path, inode);
    this.durable.set(path, inode);
  }

  delete(path: string): void {
    this.current.delete(path);
    this.durable.delete(path);
  }

  async append(path: string): Promise<OpenFile> {
    await this.#called('append', path);
    return this.#open(path);
  }

  async create(path: string): Promise<OpenFile> {
    await this.#called('create', path);
    if (this.current.has(path)) throw systemError('EEXIST');
    return this.#open(path);
  }

  async read(path: string): Promise<Uint8Array> {
    await this.#called('read', path);
    const inode = this.current.get(path);
    if (inode === undefined) throw systemError('ENOENT');
    return inode.current;
  }

  async facts(path: string): Promise<FileFacts | undefined> {
    await this.#called('facts', path);
    const inode = this.current.get(path);
    return inode && this.#factsOf(inode);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#called('rename', from);
    const inode = this.current.get(from);
    if (inode === undefined) throw systemError('ENOENT');
    this.current.set(to, inode);
    this.current.delete(from);
  }

  async remove(path: string): Promise<void> {
    await this.#called('remove', path);
    this.current.delete(path);
  }

  async list(folder: string): Promise<readonly string[]> {
    await this.#called('list', folder);
    return [...this.current.keys()]
      .filter((path) => dirname(path) === folder)
      .map((path) => path.slice(folder.length + 1));
  }

  async makeFolder(folder: string): Promise<void> {
    await this.#called('makeFolder', folder);
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#called('syncFolder', folder);
    for (const path of [...this.durable.keys()]) if (dirname(path) === folder) this.durable.delete(path);
    for (const [path, inode] of this.current) if (dirname(path) === folder) this.durable.set(path, inode);
  }

  #open(path: string): OpenFile {
    const known = this.current.get(path);
    const inode = known ?? {
      id: ++this.#ids,
      current: Buffer.alloc(0),
      durable: Buffer.alloc(0),
      isFile: true,
      mode: 0o600,
    };
    this.current.set(path, inode);
    const open = { isOpen: true };
    const called = async (name: string): Promise<number | undefined> => {
      if (!open.isOpen) throw systemError('EBADF');
      return this.#called(name, path);
    };
    return {
      write: async (bytes) => {
        const most = (await called('write')) ?? bytes.length;
        inode.current = Buffer.concat([inode.current, bytes.subarray(0, most)]);
        return Math.min(most, bytes.length);
      },
      datasync: async () => {
        const content = inode.current;
        await called('datasync');
        inode.durable = content;
      },
      read: async (position, length) => {
        await called('readAt');
        return inode.current.subarray(position, position + length);
      },
      facts: async () => {
        await called('factsOf');
        return this.#factsOf(inode);
      },
      truncate: async (size) => {
        await called('truncate');
        inode.current = inode.current.subarray(0, size);
      },
      close: async () => {
        await called('close');
        open.isOpen = false;
      },
    };
  }

  #factsOf(inode: Inode): FileFacts {
    const links = [...this.current.values()].filter((other) => other === inode).length;
    const owner = process.getuid?.() ?? 0;
    const { current, id, mode, isFile } = inode;
    return { size: current.length, links, identity: String(id), mode, owner, isFile };
  }

  async #called(name: string, path: string): Promise<number | undefined> {
    // As the system's: never in the same turn.
    await Promise.resolve();
    return this.fault({ number: ++this.calls, name, path });
  }

  #copy(names: ReadonlyMap<string, Inode>, contentOf: (inode: Inode) => Buffer): MemoryFiles {
    const copy = new MemoryFiles();
    for (const [path, inode] of names) copy.put(path, Buffer.from(contentOf(inode)));
    return copy;
  }
}

function remainsOf({ current, durable }: Inode, unsynced: Unsynced): Buffer {
  const isLonger = current.length > durable.length && current.subarray(0, durable.length).equals(durable);
  if (unsynced === 'nothing' || !isLonger) return durable;
  const more = unsynced === 'all' ? current.length : Math.ceil((current.length + durable.length) / 2);
  return current.subarray(0, more);
}

/** A clock that stands until it is moved. */
export class TestClock implements GuardClock {
  #now = Date.UTC(2026, 10, 29, 12) * 1000;
  #timers: { at: number; call: () => void }[] = [];

  micros(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.#now + ms * 1000, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, and calls what was to be called until then, in its order. */
  advance(ms: number): void {
    const end = this.#now + ms * 1000;
    while (true) {
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.call();
    }
    this.#now = end;
  }

  /** Sets the clock, as a person or NTP does: no timer fires by it. */
  set(micros: number): void {
    this.#now = micros;
  }
}

export const FOLDER = '/state';
export const AUDIT = '/state/audit.jsonl';

/** Opens an audit in memory. */
export function openAudit(
  files: MemoryFiles,
  options: Partial<AuditLogOptions> & { readonly clock?: GuardClock } = {},
): Promise<AuditLog> {
  return AuditLog.open({
    file: 'audit.jsonl',
    folder: FOLDER,
    anchors: [],
    key: undefined,
    rotate: { bytes: 1e8, day: false },
    files,
    clock: new TestClock(),
    lock: () => Promise.resolve({ release: () => Promise.resolve() }),
    ...options,
  });
}
