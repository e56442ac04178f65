/**
 * The codec against the Pythons of this machine: the round trip that tests/pickle makes through the CPython of pyodide,
 * and the packages that it does not have (numpy, pandas, pytz, dateutil, vnpy).
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DefaultDict,
  dumps,
  loads,
  PersistentId,
  PyGlobal,
  PyIpAddress,
  PyPath,
  PytzZone,
  PyZoneInfo,
} from 'vnpy-bridge/pickle';
import { ZONE_NAMES } from '../src/pickle/values/zone-names.js';
import { vnpyRegistry } from '../src/vnpy/registry.js';
import { toBase64 } from '../tests/support/bytes.js';
import { readPickleFixtures } from '../tests/support/pickle-fixtures.js';
import { startPython } from '../tests/support/python.js';
import type { Python } from '../tests/support/python.js';
import { call, REFUSED, RIGHT_IPS, writtenByHand } from '../tests/support/refused.js';
import { loadOptions, roundTrips } from '../tests/support/round-trip.js';
import { pythonOf, repositoryRoot, vnpyVersions } from './support/versions.js';

const PROTOCOLS = [0, 1, 2, 3, 4, 5];
const PACKAGES = /^(numpy|pandas|pytz|dateutil|vnpy)-/;
const fixtures = readPickleFixtures();

/** The Pythons to prove it with: those of this run's vnpy versions, and those that the generator made its fixtures with. */
const executables = [
  ...vnpyVersions().map((version) => pythonOf(version)),
  ...['.venv-fixtures-3.10', '.venv-fixtures-3.13']
    .map((folder) => join(repositoryRoot(), folder, 'bin', 'python'))
    .filter((path) => existsSync(path)),
];

/** What Python's `pickle.loads` says of pickles, with nothing of the tests' own in that process. */
async function tryLoads(
  executable: string,
  pickles: readonly Uint8Array[],
): Promise<({ readonly type: string } | { readonly error: string })[]> {
  const script = join(repositoryRoot(), 'python-fixtures', 'try_loads.py');
  const run = promisify(execFile)(executable, [script], { maxBuffer: 2 ** 26 });
  run.child.stdin?.end(pickles.map((bytes) => `${toBase64(bytes)}\n`).join(''));
  const { stdout } = await run;
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string } | { error: string });
}

describe.each(executables)('%s', (executable) => {
  let python: Python;
  let known: ReadonlySet<string>;
  beforeAll(async () => {
    python = startPython(executable);
    known = new Set(await python.names());
  });
  afterAll(() => python[Symbol.asyncDispose]());

  test('loads every fixture of the standard library, written again at every protocol, to its value', async () => {
    const chosen = fixtures.filter(({ case: name }) => known.has(name) && !PACKAGES.test(name));
    const { failures, compared } = await roundTrips(python, chosen, PROTOCOLS);
    expect(failures, failures.slice(0, 10).join('\n')).toEqual([]);
    expect(compared).toBeGreaterThan(1000);
  });

  test('loads every fixture of the packages that it has to its value', async () => {
    const chosen = fixtures.filter(
      ({ case: name }) =>
        known.has(name) &&
        PACKAGES.test(name) &&
        // numpy itself brings these into the machine's byte order when it loads them, but for one form of protocol 5.
        !name.startsWith('numpy-array-be-'),
    );
    const { failures, compared } = await roundTrips(python, chosen, PROTOCOLS);
    expect(failures, failures.slice(0, 10).join('\n')).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(chosen.length > 0 ? 20 : 0);
  });

  test("loads vnpy's objects, made by vnpyRegistry and written by name, to their values", async () => {
    const chosen = fixtures.filter(({ case: name }) => known.has(name) && name.startsWith('vnpy-'));
    const requests = chosen.flatMap((fixture) =>
      PROTOCOLS.map((protocol) => ({
        title: `${fixture.title}, again at ${protocol}`,
        case: fixture.case,
        protocol,
        bytes: toBase64(
          dumps(loads(fixture.data, { ...loadOptions(fixture), registry: vnpyRegistry }), {
            protocol,
            registry: vnpyRegistry,
          }),
        ),
      })),
    );
    const answers = await python.loads(requests);
    // By the other locale's or version's maker a value has other words, and ints become declared floats: what counts
    // here is that real classes take what is written. interop/vnpy compares the values.
    const refused = requests.flatMap(({ title }, index) => {
      const answer = answers[index];
      return answer !== undefined && 'value' in answer ? [] : [`${title}: ${JSON.stringify(answer).slice(0, 300)}`];
    });
    expect(refused, refused.slice(0, 10).join('\n')).toEqual([]);
  });
});

describe.each(vnpyVersions().map((version) => pythonOf(version)))('%s', (executable) => {
  test('raises at everything that is refused because no Python loads it', async () => {
    const answers = await tryLoads(executable, REFUSED.map(writtenByHand));
    const loaded = REFUSED.flatMap(({ title }, index) => {
      const answer = answers[index] ?? { type: 'no answer' };
      return 'error' in answer ? [] : [`${title}: ${JSON.stringify(answer)}`];
    });
    expect(loaded).toEqual([]);
    expect(answers).toHaveLength(REFUSED.length);
    // The reason is the value, not that a module or name of the row is not there; but where a name is what is refused.
    const missing = REFUSED.flatMap(({ title }, index) => {
      const answer = answers[index] ?? { type: 'no answer' };
      const error = 'error' in answer ? answer.error : '';
      const isAbsent = /^(ModuleNotFound|Attribute|Import)Error/.test(error);
      return isAbsent ? [title] : [];
    });
    expect(missing.filter((title) => !/^(the name|a path of no class)/.test(title))).toEqual([]);
  });

  test('loads every address that is not refused', async () => {
    const answers = await tryLoads(
      executable,
      RIGHT_IPS.map(([type, text]) => dumps(new PyIpAddress(type as 'IPv4Address', text))),
    );
    expect(answers).toEqual(RIGHT_IPS.map(([type]) => ({ type })));
  });

  test('has every time zone of the table, and in no other spelling', async () => {
    const known = await tryLoads(
      executable,
      ZONE_NAMES.map((name) => dumps(new PyZoneInfo(name))),
    );
    expect(known.filter((answer) => !('type' in answer))).toEqual([]);
    const wrong = await tryLoads(
      executable,
      ['asia/shanghai', 'Asia/Shanghia', 'utc', 'ASIA/TOKYO', 'JST', '+08:00'].map((key) => dumps(new PyZoneInfo(key))),
    );
    expect(wrong.map((answer) => ('error' in answer ? answer.error.split(':')[0] : answer))).toEqual(
      wrong.map(() => 'ZoneInfoNotFoundError'),
    );
  });

  test('has no time zone that is refused, but for what one machine has', async () => {
    const code = 'import json, zoneinfo; print(json.dumps(sorted(zoneinfo.available_timezones())))';
    const { stdout } = await promisify(execFile)(executable, ['-c', code]);
    const refused = (JSON.parse(stdout) as string[]).filter((key) => {
      try {
        dumps(new PyZoneInfo(key), { foreign: 'refuse' });
        return false;
      } catch {
        return true;
      }
    });
    expect(refused.filter((key) => key !== 'localtime')).toEqual([]);
  });

  test('may raise at what only some Pythons load', async () => {
    const answers = await tryLoads(
      executable,
      [
        new PytzZone('Asia/Shanghai'),
        new PyPath(process.platform === 'win32' ? 'PosixPath' : 'WindowsPath', ['a']),
        new PersistentId('x'),
        new PyGlobal('shop.models', 'Order'),
        new DefaultDict(new PyGlobal('shop.models', 'Order')),
        call('builtins', 'int', 'x'),
      ].map((value) => dumps(value)),
    );
    expect(answers.map((answer) => 'error' in answer)).toEqual(answers.map(() => true));
  });
});

describe('the committed fixtures', () => {
  test('are what the interpreters of this machine make', async () => {
    const script = join(repositoryRoot(), 'python-fixtures', 'generate_all.py');
    const run = promisify(execFile)(process.env['PYTHON'] ?? 'python3', [script, '--check'], { maxBuffer: 2 ** 26 });
    const { stdout } = await run.catch((error: unknown) => {
      throw new Error(`generate_all.py --check failed:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
    });
    // Which interpreters were found.
    const found = [...stdout.matchAll(/^found (\S+)/gm)].map(([, name]) => name);
    process.stdout.write(stdout);
    expect(found).toContain('3.14');
  }, 180_000);
});
