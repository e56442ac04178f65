/**
 * How long a test waits for what comes by itself, for `expect.poll` and `vi.waitFor`: their own second is less than what a
 * busy machine needs now and then. It only bounds how long a failure takes.
 */
export const PATIENCE = { timeout: 20_000 } as const;
