import { expect, test } from 'vitest';
import { VNPY_CLASSES } from '../../../src/cli/inspect/lens/vnpy-classes.js';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';

// The inspector names vnpy's classes without the registry, to start fast: the two must say the same.

test('knows the classes of the registry', () => {
  const objects = vnpyRegistry.definitions.filter(({ kind }) => kind === 'object');
  const names = objects.map(({ module, qualname }) => `${module}.${qualname}`);
  expect([...VNPY_CLASSES.objects].sort()).toEqual(names.sort());
});

test('knows the enums of the registry, each member with all its values', () => {
  const enums = vnpyRegistry.definitions.flatMap((definition) =>
    definition.kind === 'enum'
      ? [
          [
            `${definition.module}.${definition.qualname}`,
            definition.members.map(({ name, values }) => [name, [...values]]),
          ] as const,
        ]
      : [],
  );
  const own = [...VNPY_CLASSES.enums].map(
    ([name, members]) => [name, members.map((member) => [member.name, [...member.values]])] as const,
  );
  expect(Object.fromEntries(own)).toEqual(Object.fromEntries(enums));
});
