/**
 * `npm run web:fuzz`: schemathesis against the running API of the console, by its own description.
 *
 *   npm run web:fuzz               100 examples of each route
 *   WEB_FUZZ_EXAMPLES=1000 npm run web:fuzz
 *
 * It fails for a status of 500 or above that the description does not have, for an answer that is not as the description says,
 * and for a request that the description forbids and the console takes.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run, startConsole } from './console.mjs';
import { pythonTools } from './python.mjs';

const PACKAGES = ['schemathesis==4.32.5'];

/** What each of them looks for. `positive_data_acceptance` is left out: an order of the right form may still be refused. */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_headers_conformance'],
  ...['response_schema_conformance', 'negative_data_rejection', 'unsupported_method', 'ignored_auth'],
];

/** Bars of a contract that there is; of others they are a 404. */
const KNOWN_SYMBOL =
  '[[operations]]\ninclude-path = "/api/v1/bars"\nparameters = { "query.vt_symbol" = "rb2705.SHFE" }\n';

/** Requests a second: a user has 100. */
const RATE = '90/s';

const bin = await pythonTools('web-fuzz-venv', PACKAGES);
const console = await startConsole();
try {
  const config = join(console.folder, 'schemathesis.toml');
  writeFileSync(config, KNOWN_SYMBOL);
  process.exitCode = await run(join(bin, 'schemathesis'), [
    ...['--config-file', config],
    ...['run', `${console.url}api/v1/openapi.json`],
    ...['--header', `Authorization: Bearer ${console.tokens.admin}`],
    ...['--checks', CHECKS.join(',')],
    ...['--rate-limit', RATE, '--continue-on-failure', '--no-color'],
    ...['--max-examples', process.env['WEB_FUZZ_EXAMPLES'] ?? '100'],
  ]);
} finally {
  await console.end();
}
