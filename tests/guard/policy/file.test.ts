/** A policy's file under all that editors and people do to it. */
import { chmod, link, mkdir, mkdtemp, realpath, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PolicyError } from '../../../src/guard/errors.js';
import { PolicyFile } from '../../../src/guard/policy/file.js';
import type { PolicyChange, PolicyFileOptions } from '../../../src/guard/policy/file.js';

/** A policy with one role, whose name tells which it is. */
const text = (role: string): string => JSON.stringify({ version: 1, roles: { [role]: {} }, principals: {} });

let folder = '';
let path = '';
const open: PolicyFile[] = [];

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'policy-')));
  path = join(folder, 'guard.json');
  await writeFile(path, text('first'), { mode: 0o600 });
});

afterEach(async () => {
  for (const file of open.splice(0)) await file.close();
  await rm(folder, { recursive: true, force: true });
});

/** Opens the file, and hands out what it tells, one after the other. */
async function opened(options: PolicyFileOptions = {}, at = path) {
  const told: PolicyChange[] = [];
  let wake = (): void => undefined;
  const file = await PolicyFile.open(at, {
    settle: 2,
    poll: 20,
    ...options,
    onChange: (change) => {
      told.push(change);
      wake();
    },
  });
  open.push(file);
  const next = async (wanted: (change: PolicyChange) => boolean = () => true): Promise<PolicyChange> => {
    for (;;) {
      for (let change = told.shift(); change !== undefined; change = told.shift()) if (wanted(change)) return change;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { file, next, told };
}

const roleOf = (change: PolicyChange): string | undefined =>
  'policy' in change ? [...change.policy.roles.keys()][0] : undefined;
const isRole = (role: string) => (change: PolicyChange) => roleOf(change) === role;
const codeOf = (change: PolicyChange): string | undefined => ('error' in change ? change.error.code : undefined);

/** As editors do it: another file, renamed over the old one. */
async function replace(content: string, at = path): Promise<void> {
  await writeFile(`${at}.new`, content, { mode: 0o600 });
  await rename(`${at}.new`, at);
}

describe.each<readonly [name: string, options: PolicyFileOptions]>([
  ['by the watch and by looking', {}],
  ['by the watch alone', { poll: 0 }],
])('a change is seen %s', (_, options) => {
  test('twice, by atomic renames', async () => {
    const { file, next } = await opened(options);
    await replace(text('second'));
    expect(roleOf(await next())).toBe('second');
    await replace(text('third'));
    expect(roleOf(await next())).toBe('third');
    expect([...file.policy.roles.keys()]).toEqual(['third']);
  });

  test('in place', async () => {
    const { next } = await opened(options);
    await writeFile(path, text('second'));
    expect(roleOf(await next(isRole('second')))).toBe('second');
  });

  test('deleted, and back again', async () => {
    const { file, next } = await opened(options);
    await unlink(path);
    expect(codeOf(await next())).toBe('UNREADABLE_POLICY');
    expect([...file.policy.roles.keys()]).toEqual(['first']);
    await replace(text('first'));
    expect(roleOf(await next())).toBe('first');
  });
});

test('a link that is turned elsewhere, also where the folder of the target says nothing to the watch', async () => {
  await mkdir(join(folder, 'a'), { mode: 0o700 });
  await writeFile(join(folder, 'a', 'one.json'), text('one'), { mode: 0o600 });
  const alias = join(folder, 'link.json');
  await symlink(join(folder, 'a', 'one.json'), alias);
  const { next } = await opened({}, alias);
  await replace(text('two'), join(folder, 'a', 'one.json'));
  expect(roleOf(await next())).toBe('two');

  await symlink(path, `${alias}.new`);
  await rename(`${alias}.new`, alias);
  expect(roleOf(await next())).toBe('first');
});

test('a refused text leaves the old policy, and tells the faults with their lines', async () => {
  const { file, next } = await opened();
  await replace(`{\n"version": 1,\n"roles": { "r": { "simbols": [] } },\n"principals": {} }`);
  const change = await next();
  expect(codeOf(change)).toBe('BAD_POLICY');
  expect('error' in change && change.error.issues[0]).toMatchObject({ line: 3, path: 'roles.r.simbols' });
  expect([...file.policy.roles.keys()]).toEqual(['first']);
});

test('half a text that is being written is no policy, and the whole one comes', async () => {
  const { next, told, file } = await opened();
  const whole = text('second');
  await writeFile(path, whole.slice(0, 20));
  await writeFile(path, whole);
  await next(isRole('second'));
  expect(told).toEqual([]);
  expect([...file.policy.roles.keys()]).toEqual(['second']);
});

test('a file is read when it has stood still, not while it is being written again and again', async () => {
  let count = 0;
  const opening = opened({ settle: 250, watch: false });
  // More than two readings long.
  const end = performance.now() + 700;
  while (performance.now() < end) {
    count++;
    await replace(text(`r${count}`));
  }
  const { file } = await opening;
  expect([...file.policy.roles.keys()]).toEqual([`r${count}`]);
});

test('of a hundred quick changes the last one holds, and none is half', async () => {
  const { file, next, told } = await opened();
  for (let change = 0; change < 100; change++) {
    if (change % 2 === 0) await replace(text(`r${change}`));
    else await writeFile(path, text(`r${change}`));
  }
  const seen = new Set(['r99']);
  const last = await next((change) => {
    const role = roleOf(change);
    // Written in place, a file is empty for a moment: that is refused, not taken.
    expect(role === undefined || /^r\d+$/.test(role)).toBe(true);
    return role !== undefined && seen.has(role);
  });
  expect(roleOf(last)).toBe('r99');
  expect(told).toEqual([]);
  expect([...file.policy.roles.keys()]).toEqual(['r99']);
});

test('what does not change the text tells nothing', async () => {
  const { file, next, told } = await opened();
  await replace(text('first'));
  await replace(text('first'));
  await replace(text('second'));
  expect(roleOf(await next())).toBe('second');
  expect(told).toEqual([]);
  await file.close();
});

test('reload reads by hand, and throws what keeps the old policy', async () => {
  const { file } = await opened({ watch: false });
  await replace(text('second'));
  expect([...(await file.reload()).roles.keys()]).toEqual(['second']);
  await replace('{');
  await expect(file.reload()).rejects.toThrow(PolicyError);
  expect([...file.policy.roles.keys()]).toEqual(['second']);
});

test('after close nothing is told', async () => {
  const { file, told } = await opened();
  await replace(text('second'));
  await file.close();
  await replace(text('third'));
  await file.reload();
  expect(told).toEqual([]);
  expect([...file.policy.roles.keys()]).toEqual(['first']);
});

test('a listener that throws does not end the watch', async () => {
  const warnings: string[] = [];
  let calls = 0;
  let wake = (): void => undefined;
  const twice = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const file = await PolicyFile.open(path, {
    settle: 2,
    poll: 20,
    onWarning: (warning) => warnings.push(warning),
    onChange: () => {
      calls++;
      if (calls === 2) wake();
      else void replace(text('third'));
      throw new Error('not now');
    },
  });
  open.push(file);
  await replace(text('second'));
  await twice;
  expect(warnings).toContainEqual(expect.stringContaining('not now'));
});

describe('what cannot be opened', () => {
  const code = (at: string): Promise<unknown> =>
    PolicyFile.open(at, { settle: 1, watch: false }).then(
      () => 'opened',
      (error: unknown) => (error as PolicyError).code,
    );

  test('a file that is not there, a folder, bytes that are no text, 10 MB', async () => {
    expect(await code(join(folder, 'none.json'))).toBe('UNREADABLE_POLICY');
    expect(await code(folder)).toBe('UNREADABLE_POLICY');
    await writeFile(path, Buffer.from([0x7b, 0xff]));
    expect(await code(path)).toBe('UNREADABLE_POLICY');
    await writeFile(path, Buffer.alloc(10_000_001, ' '));
    expect(await code(path)).toBe('UNREADABLE_POLICY');
  });

  test.skipIf(process.platform === 'win32')('a FIFO is not waited for', async () => {
    const fifo = join(folder, 'fifo');
    execFileSync('mkfifo', [fifo]);
    expect(await code(fifo)).toBe('UNREADABLE_POLICY');
  });

  test.skipIf(process.platform === 'win32')(
    'a file, its folder or the folder of a link, that others may write',
    async () => {
      await chmod(path, 0o620);
      expect(await code(path)).toBe('UNSAFE_POLICY');
      await chmod(path, 0o644);
      expect(await code(path)).toBe('opened');
      await chmod(folder, 0o777);
      expect(await code(path)).toBe('UNSAFE_POLICY');
      // As /tmp: only the owner of a file can put another in its place.
      await chmod(folder, 0o1777);
      expect(await code(path)).toBe('opened');
      await chmod(folder, 0o700);
      const inner = join(folder, 'inner');
      await mkdir(inner);
      await link(path, join(inner, 'p.json'));
      await symlink(join(inner, 'p.json'), join(folder, 'link.json'));
      expect(await code(join(folder, 'link.json'))).toBe('opened');
      await chmod(inner, 0o777);
      expect(await code(join(folder, 'link.json'))).toBe('UNSAFE_POLICY');
    },
  );

  test.skipIf(process.platform === 'win32' || process.geteuid?.() !== 0)('a file of somebody else', async () => {
    execFileSync('chown', ['12345', path]);
    expect(await code(path)).toBe('UNSAFE_POLICY');
  });

  test.skipIf(process.platform === 'win32')('rights that are opened later keep the old policy', async () => {
    const { file, next } = await opened();
    await chmod(path, 0o666);
    expect(codeOf(await next())).toBe('UNSAFE_POLICY');
    expect([...file.policy.roles.keys()]).toEqual(['first']);
  });
});
