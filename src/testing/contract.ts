/**
 * What contract tests are made of, whatever runs them.
 *
 * @module
 */

/** One sentence of a contract, as a test: for `node:test`, Vitest, or a loop. */
export interface ContractTest {
  /** What has to be true. */
  readonly name: string;
  /**
   * Resolves when it is.
   *
   * @throws ContractError, or what the thing under test threw.
   */
  readonly run: () => Promise<void>;
}

/** A contract is not kept; the message says which sentence, and what was seen instead. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** @throws ContractError with the sentence, unless it is true. @internal */
export function must(isTrue: boolean, sentence: string): asserts isTrue {
  if (!isTrue) throw new ContractError(sentence);
}

/** How often a condition is looked at that nothing tells of, in ms. */
const INTERVAL = 5;

/**
 * Waits until a condition is true.
 *
 * @param patience - how long, in ms.
 * @throws ContractError with the sentence when it does not become true.
 * @internal
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  sentence: () => string,
  patience: number,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new ContractError(`${sentence()} (waited ${patience} ms)`);

    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

/** What a promise was rejected with; undefined when it was not. @throws ContractError when it does neither. @internal */
export async function rejection(promise: Promise<unknown>, sentence: string, patience: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new ContractError(`${sentence}, and it did nothing for ${patience} ms`));
    }, patience);
  });
  try {
    await Promise.race([promise, late]);
    return undefined;
  } catch (error) {
    if (error instanceof ContractError) throw error;

    return error ?? new Error('undefined');
  } finally {
    clearTimeout(timer);
  }
}
