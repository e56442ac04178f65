/**
 * Fixtures through the codec and back into a real CPython.
 *
 * @module
 */
import { ByteArray, ClassRegistry, dumps, loads, PickleError } from 'vnpy-bridge/pickle';
import type { LoadsOptions, Python2Encoding } from 'vnpy-bridge/pickle';
import { fromBase64, toBase64 } from './bytes.js';
import type { Description, PickleFixture } from './pickle-fixtures.js';
import type { PickleRequest, Python } from './python.js';

/** The options that a fixture needs to be loaded. */
export function loadOptions(fixture: PickleFixture): LoadsOptions {
  const code = /^extension-(\d+)$/.exec(fixture.case)?.[1];
  return {
    encoding: 'latin1',
    // The default is 4300, which is CPython's own for ints written as text; int-20000-bits has more.
    maxDigits: 10_000,
    buffers: fixture.buffers.length > 0 ? fixture.buffers.map(readBuffer) : undefined,
    registry:
      code === undefined
        ? undefined
        : ClassRegistry.of({ kind: 'extension', module: 'fixture_types', qualname: 'Plain', code: Number(code) }),
  };
}

/** As CPython without better ones: bytearray for what can be written to, else bytes. */
function readBuffer(text: string): Uint8Array {
  const data = fromBase64(text.slice(2));
  return text.startsWith('w') ? new ByteArray(data) : data;
}

/** A description in which a str of Python 2 is what that encoding makes of it. */
export function readPython2(description: Description, encoding: Python2Encoding): Description {
  if (!Array.isArray(description)) return description;
  const [tag, text] = description as readonly Description[];
  if (tag === 'str2' && typeof text === 'string')
    return encoding === 'bytes' ? ['bytes', text] : Buffer.from(fromBase64(text)).toString('latin1');

  return (description as readonly Description[]).map((item) => readPython2(item, encoding));
}

/** What came out of {@link roundTrips}. */
export interface RoundTrips {
  /** Pickles that CPython does not load to the value that they were made from, and errors of the codec. */
  readonly failures: readonly string[];
  /** Number of distinct pickles that CPython loaded and compared. */
  readonly compared: number;
  /** Fixtures that this CPython cannot load as they are. */
  readonly cannotLoad: readonly string[];
}

/**
 * Loads fixtures losslessly, writes them at the protocols, and has CPython compare what it loads with what the fixture
 * was made from. The CPython must know the cases.
 */
export async function roundTrips(
  python: Python,
  fixtures: readonly PickleFixture[],
  protocols: readonly number[],
): Promise<RoundTrips> {
  const cannotLoad = new Set<string>();
  const originals = await python.compare(
    fixtures
      .filter(({ case: name }) => !name.startsWith('extension-'))
      .map((fixture) => ({
        case: fixture.case,
        protocol: fixture.protocol,
        bytes: toBase64(fixture.data),
        encoding: 'latin1',
        ...(fixture.buffers.length > 0 ? { buffers: fixture.buffers } : {}),
      })),
  );
  fixtures
    .filter(({ case: name }) => !name.startsWith('extension-'))
    .forEach((fixture, index) => {
      if (originals[index] !== null)
        cannotLoad.add(`${fixture.title}: ${JSON.stringify(originals[index]).slice(0, 300)}`);
    });
  const skipped = new Set([...cannotLoad].map((text) => text.slice(0, text.indexOf(':'))));

  const failures: string[] = [];
  // Fixtures of many interpreters come to the same bytes: each of them is compared once.
  const written = new Map<string, PickleRequest & { title: string }>();
  for (const fixture of fixtures) {
    if (skipped.has(fixture.title)) continue;
    for (const protocol of protocols) {
      // CPython refuses ints of more than 4300 digits as text, which is how the first two protocols have them.
      if (protocol < 2 && fixture.case === 'int-20000-bits') continue;
      // A buffer needs protocol 5, as in CPython.
      if (protocol < 5 && fixture.case === 'out-of-band') continue;
      const title = `${fixture.title}, again at ${protocol}`;
      try {
        const bytes = toBase64(dumps(loads(fixture.data, { ...loadOptions(fixture), lossless: true }), { protocol }));
        // Older protocols lose no more on the way through this one.
        const carried = Math.min(fixture.protocol, protocol);
        const key = `${fixture.case} ${String(carried < 4)} ${bytes}`;
        if (!written.has(key)) written.set(key, { title, case: fixture.case, protocol: carried, bytes });
      } catch (error) {
        const code = error instanceof PickleError ? `${error.code} ` : '';
        failures.push(`${title}: ${code}${String(error)}`);
      }
    }
  }
  const requests = [...written.values()];
  const answers = await python.compare(requests);
  requests.forEach(({ title }, index) => {
    const answer = answers[index];
    if (answer !== null) failures.push(`${title}: ${JSON.stringify(answer).slice(0, 700)}`);
  });
  return { failures, compared: requests.length, cannotLoad: [...cannotLoad] };
}
