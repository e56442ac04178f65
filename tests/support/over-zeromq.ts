import { vi } from 'vitest';

// Makes libzmq the transport of clients and servers that choose none.
vi.mock(import('../../src/rpc/transports.js'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, DEFAULT_TRANSPORT: 'zeromq' as const };
});
