// Prints what generate.py reports, made by the CPython of the npm package `pyodide`: a real CPython that needs no Python
// on the machine. generate_all.py calls this for CPython 3.14.
import { readdirSync, readFileSync } from 'node:fs';
import { loadPyodide } from 'pyodide';

const folder = new URL('./', import.meta.url);
const python = await loadPyodide({ env: { HOME: '/home/pyodide', PYTHONHASHSEED: '0' } });
python.FS.mkdirTree('/fixtures/pickles');
python.FS.writeFile('/fixtures/generate.py', readFileSync(new URL('generate.py', folder)));
for (const name of readdirSync(new URL('pickles/', folder))) {
  if (name.endsWith('.py')) {
    python.FS.writeFile(`/fixtures/pickles/${name}`, readFileSync(new URL(`pickles/${name}`, folder)));
  }
}
process.stdout.write(
  python.runPython('import sys; sys.path.insert(0, "/fixtures"); import generate; generate.report()') + '\n',
);
