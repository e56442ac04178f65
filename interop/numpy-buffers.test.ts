/** Arrays of a real numpy through the codec at protocol 5: their type, order, flags and content, in band and out of band. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dumps, loads, NDArray } from 'vnpy-bridge/pickle';
import { fromBase64, toBase64 } from '../tests/support/bytes.js';
import { pythonOf, repositoryRoot, vnpyVersions } from './support/versions.js';

interface Made {
  readonly name: string;
  readonly inside: string;
  readonly outside: string;
  readonly buffers: readonly string[];
}

interface Request {
  readonly bytes: string;
  readonly buffers?: readonly string[];
}

/** A Python with numpy, in which every warning is an error. */
function startNumpy(executable: string) {
  const child = spawn(executable, [join(repositoryRoot(), 'python-fixtures', 'numpy_buffers.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (question: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = (await lines.next()) as IteratorResult<string, undefined>;
    return JSON.parse(answer.value ?? 'null');
  };
  return {
    make: (protocol: number) => ask({ make: protocol }) as Promise<Made[]>,
    load: (requests: readonly Request[]) => ask({ load: requests }) as Promise<unknown[]>,
    end: () => child.stdin.end(),
  };
}

/** What is dumped out of band, with its buffers as numpy_buffers.py takes them. */
function outOfBand(value: unknown): Request {
  const buffers: string[] = [];
  const pickle = dumps(value, {
    protocol: 5,
    bufferCallback: (buffer) => {
      buffers.push((buffer.readonly ? 'r' : 'w') + toBase64(buffer));
    },
  });
  return { bytes: toBase64(pickle), buffers };
}

describe.each(vnpyVersions().map((version) => pythonOf(version)))('%s', (executable) => {
  let numpy: ReturnType<typeof startNumpy>;
  let made: readonly Made[];
  beforeAll(async () => {
    numpy = startNumpy(executable);
    made = await numpy.make(5);
  });
  afterAll(() => {
    numpy.end();
  });

  /** The values of all pickles, written again in some way, and loaded by numpy. */
  async function again(read: (one: Made) => unknown, write: (value: unknown) => Request): Promise<unknown> {
    const answers = await numpy.load(made.map((one) => write(read(one))));
    return Object.fromEntries(made.map(({ name }, index) => [name, answers[index]]));
  }

  /** What numpy itself makes of its pickles: what every other way has to come to. */
  async function original(): Promise<unknown> {
    const answers = await numpy.load(made.map(({ inside }) => ({ bytes: inside })));
    return Object.fromEntries(made.map(({ name }, index) => [name, answers[index]]));
  }

  const inside = ({ inside: bytes }: Made): unknown => loads(fromBase64(bytes), { lossless: true });
  const outside = ({ outside: bytes, buffers }: Made): unknown =>
    loads(fromBase64(bytes), { lossless: true, buffers: buffers.map((text) => fromBase64(text.slice(1))) });
  const inBand = (value: unknown): Request => ({ bytes: toBase64(dumps(value, { protocol: 5 })) });

  test.each([
    ['in band to in band', inside, inBand],
    ['in band to out of band', inside, outOfBand],
    ['out of band to in band', outside, inBand],
    ['out of band to out of band', outside, outOfBand],
  ])('gets back what it sent, %s, and warns of nothing', async (_, read, write) => {
    expect(await again(read, write)).toEqual(await original());
  });

  test('loads what this program makes of any bytes', async () => {
    const array = new NDArray('>f8', [1, 2], Float64Array.of(1, -2), true, false);
    const written = [inBand(array), outOfBand(array), outOfBand(Float32Array.of(1.5))];
    const content = '3ff0000000000000c000000000000000';
    const expected = ["[('', '>f8')]", [1, 2], [false, true, true], content];
    const [first, second, third] = await numpy.load(written);
    expect([first, second]).toEqual([expected, expected]);
    expect(third).toEqual(["[('', '<f4')]", [1], [true, true, true], '0000c03f']);
  });
});
