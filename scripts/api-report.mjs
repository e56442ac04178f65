/**
 * The public API as text, an entry of the package a file in `api-report/`, made from the built declarations.
 *
 *   npm run api:report              writes the reports
 *   npm run api:report -- --check   ends with 1 where a committed report differs (`make test` does this)
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

/** The entries of `exports` in package.json. '.' is missing: it re-exports rpc and vnpy, and tests/package.test.ts holds it to that. */
export const ENTRIES = {
  pickle: 'pickle/index.d.ts',
  rpc: 'rpc/index.d.ts',
  vnpy: 'vnpy/index.d.ts',
  'vnpy-data': 'vnpy/data/public.d.ts',
  'vnpy-apps': 'vnpy/apps/index.d.ts',
  guard: 'guard/index.d.ts',
  web: 'web/index.d.ts',
  cluster: 'cluster/index.d.ts',
  testing: 'testing/index.d.ts',
};

const none = { default: { logLevel: 'none' } };

function configure(root, name, declarations) {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}/dist/${declarations}`,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: { extends: `${root}/tsconfig.json`, include: [`${root}/dist/**/*.d.ts`] },
        skipLibCheck: true,
      },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${root}/api-report`,
        reportTempFolder: `${root}/build/api-report`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: none,
        // ESLint's tsdoc/syntax and TypeDoc look at the comments.
        tsdocMessageReporting: none,
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${root}/package.json`,
  });
}

/**
 * Makes the report of one entry, and writes it when `write` says so.
 * @param compilerState - All entries, compiled once.
 * @returns what is wrong, or undefined.
 */
function report(name, config, compilerState, write) {
  const problems = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    compilerState,
    localBuild: write,
    messageCallback(message) {
      if (message.logLevel === 'error') problems.push(message.text);
      message.handled = true;
    },
  });
  if (problems.length > 0) return `${name}: ${problems.join('\n')} (was it built? npm run build)`;
  return apiReportChanged && !write
    ? `The public API of '${name}' is not the one in api-report/${name}.api.md. If that is meant: npm run build, npm run api:report, commit the report, and add a line to CHANGELOG.md.`
    : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
  for (const folder of ['api-report', 'build/api-report']) mkdirSync(`${root}/${folder}`, { recursive: true });
  const configs = Object.entries(ENTRIES).map(([name, declarations]) => [name, configure(root, name, declarations)]);
  const [[, first], ...others] = configs;
  const compilerState = CompilerState.create(first, {
    additionalEntryPoints: others.map(([, { mainEntryPointFilePath }]) => mainEntryPointFilePath),
  });
  for (const [name, config] of configs) {
    const problem = report(name, config, compilerState, !values.check);
    if (problem === undefined) continue;
    console.error(problem);
    process.exitCode = 1;
  }
}
