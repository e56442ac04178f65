/**
 * pickle-inspect against the Python of this machine: the listing is that of its pickletools, byte for byte, and the code
 * that `py` writes makes the value that pickle loads.
 */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from '../tests/cli/inspect/harness.js';
import { ODD_LISTINGS } from '../tests/cli/inspect/odd-listings.js';
import { toBase64 } from '../tests/support/bytes.js';
import { readPickleFixtures } from '../tests/support/pickle-fixtures.js';
import { startPython } from '../tests/support/python.js';
import type { Python } from '../tests/support/python.js';
import { pythonOf } from './support/versions.js';

const fixtures = readPickleFixtures();

let python: Python;

beforeAll(() => {
  python = startPython(pythonOf('4.5'));
});
afterAll(() => python[Symbol.asyncDispose]());

test('ops --compat prints what pickletools prints, for every fixture, and ends badly where it does', async () => {
  const { python: version } = await python.version();
  const subjects = [...fixtures.map(({ title, data }) => [title, data] as const), ...ODD_LISTINGS];
  const answers = await python.disassemble(subjects.map(([, data]) => toBase64(data)));
  const different: string[] = [];
  let compared = 0;
  for (const [index, [title, data]] of subjects.entries()) {
    const answer = answers[index];
    const { stdout, code } = await inspect(['ops', '--compat', '--python', version, '--from', 'raw'], { stdin: data });
    if (answer === undefined || !('text' in answer)) {
      if (code !== 2) different.push(`${title}: exit ${code}, pickletools: ${JSON.stringify(answer)}`);
      continue;
    }
    compared++;
    if (stdout === answer.text && code === 0) continue;
    const lines = answer.text.split('\n');
    const own = stdout.split('\n');
    const wrong = own.findIndex((line, at) => line !== lines[at]);
    different.push(`${title}: ${own[wrong] ?? `exit ${code}`} | ${lines[wrong] ?? ''}`);
  }
  expect(different, version).toEqual([]);
  expect(compared).toBeGreaterThan(2000);
});

/** Values that need no class of the fixtures' own module. */
const PLAIN =
  /^(?:none|true|int-\d|ints|float$|floats|str-|bytes-(?!70000)|list-|tuple-(?!sub)|dict-(?!sub|nan)|set$|frozenset|date$|timedelta|decimal|cycle-(?:list|dict|tuple)|ordereddict|deque|uuid|range)/;

const RUN_CODE = `
import json, sys, base64, pickle
# repr() of the large ints needs it.
getattr(sys, 'set_int_max_str_digits', id)(0)
for line in sys.stdin:
    row = json.loads(line)
    scope = {}
    exec(row["code"], scope)
    loaded = pickle.loads(base64.b64decode(row["bytes"]))
    # Cyclic values cannot be compared with ==; their text shows the cycle. The order of a set is nobody's promise.
    text = lambda value: sorted(map(repr, value)) if type(value) is set else repr(value)
    same = text(loaded) == text(scope["result"])
    print(json.dumps(same))
`;

test('py writes code that makes the value', async () => {
  const chosen = fixtures.filter(
    ({ case: name, by, protocol }) =>
      PLAIN.test(name) && !name.includes('subclass') && !by.includes('2.7') && protocol >= 2,
  );
  const requests: string[] = [];
  for (const { data } of chosen) {
    const { stdout } = await inspect(['py'], { stdin: data });
    requests.push(JSON.stringify({ code: stdout, bytes: toBase64(data) }));
  }
  const answers = execFileSync(pythonOf('4.5'), ['-c', RUN_CODE], {
    input: `${requests.join('\n')}\n`,
  })
    .toString()
    .trim()
    .split('\n');
  expect(chosen.filter((_, index) => answers[index] !== 'true').map(({ title }) => title)).toEqual([]);
  expect(chosen.length).toBeGreaterThan(200);
});
