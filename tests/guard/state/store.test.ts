import { describe, expect, test } from 'vitest';
import { StateStore } from '../../../src/guard/state/store.js';
import { MemoryFiles, systemError } from '../audit/support.js';

const PATH = '/state/halts.json';

describe('a store', () => {
  test('gives back what was written last', async () => {
    const files = new MemoryFiles();
    const store = new StateStore(PATH, files);
    expect(await store.read()).toEqual({ kind: 'missing' });
    await Promise.all([1, 2, 3].map((value) => store.write({ value })));
    expect(await new StateStore(PATH, files).read()).toEqual({ kind: 'value', value: { value: 3 } });
  });

  test('has the value before or the one behind at every moment of a power loss', async () => {
    const files = new MemoryFiles();
    const store = new StateStore(PATH, files);
    await store.write({ value: 'before' });
    const disks: MemoryFiles[] = [];
    files.fault = () => {
      disks.push(files.afterPowerLoss('half'), files.afterPowerLoss('nothing'), files.afterKill());
      return undefined;
    };
    await store.write({ value: 'behind' });
    files.fault = () => undefined;
    disks.push(files.afterPowerLoss('nothing'));
    const found = await Promise.all(disks.map((disk) => new StateStore(PATH, disk).read()));
    expect(found.at(-1)).toMatchObject({ value: { value: 'behind' } });
    for (const stored of found)
      expect(['before', 'behind']).toContain((stored as { value?: { value: string } }).value?.value);
  });

  test('says why it cannot be read, and never throws', async () => {
    const files = new MemoryFiles();
    files.put(PATH, '{"value":');
    expect(await new StateStore(PATH, files).read()).toMatchObject({ kind: 'unreadable' });
    files.fault = () => {
      throw systemError('EACCES');
    };
    expect(await new StateStore(PATH, files).read()).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringContaining('EACCES') as string,
    });
  });

  test('keeps the old value when a write fails, and writes the next one', async () => {
    const files = new MemoryFiles();
    const store = new StateStore(PATH, files);
    await store.write(1);
    files.fault = ({ name }) => {
      if (name === 'write') throw systemError('ENOSPC');
      return undefined;
    };
    await expect(store.write(2)).rejects.toThrow('ENOSPC');
    expect(await store.read()).toEqual({ kind: 'value', value: 1 });
    files.fault = () => undefined;
    await store.write(3);
    expect(await store.read()).toEqual({ kind: 'value', value: 3 });
  });
});
