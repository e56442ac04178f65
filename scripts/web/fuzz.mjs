/**
 * `npm run web:fuzz`: schemathesis against the running API of the console, by its own description.
 *
 *   npm run web:fuzz               100 examples of each route
 *   WEB_FUZZ_EXAMPLES=1000 npm run web:fuzz
 *
 * What a wrong token gets is no part of it: it is slowed down, which schemathesis takes for a fault. tests/web has it.
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
  ...['response_schema_conformance', 'negative_data_rejection', 'unsupported_method'],
];

/** Requests a second: a user has 100. */
const RATE = '90/s';

/** Where something is looked for by its id, it is one that there is: all others are a 404. */
async function knownThings({ url, tokens }) {
  const headers = { Authorization: `Bearer ${tokens.admin}`, 'Content-Type': 'application/json' };
  const ask = async (method, path, body) => {
    const answer = await globalThis.fetch(`${url}api/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${String(answer.status)} ${await answer.text()}`);
    return await answer.json();
  };
  const symbol = 'rb2705.SHFE';
  await ask('PUT', `/subscriptions/${symbol}`);
  const order = { vt_symbol: symbol, direction: 'LONG', offset: 'OPEN', type: 'MARKET', volume: 1 };
  const sent = await ask('POST', '/orders', { ...order, client_order_id: 'fuzz-order-1', confirm: ['wide-spread'] });
  const strategy = { name: 'fuzz', class_name: 'DoubleMaStrategy', symbol };
  await ask('POST', '/strategies/cta', strategy);
  const known = [
    ['/strategies/{app}', 'path.app', 'cta'],
    ['/strategies/{app}/{name}/parameters', 'path.app', 'cta', 'path.name', 'fuzz'],
    ...['init', 'start', 'stop'].map((act) => [
      `/strategies/{app}/{name}/${act}`,
      'path.app',
      'cta',
      'path.name',
      'fuzz',
    ]),
    ['/spreads/{app}', 'path.app', 'spread'],
    ['/algos/{app}', 'path.app', 'algo'],
    ...['pause', 'resume', 'stop'].map((act) => [`/algos/{app}/{name}/${act}`, 'path.app', 'algo']),
    ['/bars', 'query.vt_symbol', symbol],
    ['/orders/{vt_orderid}', 'path.vt_orderid', sent.vt_orderid],
    ['/orders/by-client-id/{client_order_id}', 'path.client_order_id', 'fuzz-order-1'],
  ];
  return known
    .map(
      ([path, ...pairs]) =>
        `[[operations]]\ninclude-path = "/api/v1${path}"\nparameters = { ${parametersOf(pairs)} }\n`,
    )
    .join('\n');
}

/** Names and values by turns, as TOML. */
function parametersOf(pairs) {
  const values = pairs.filter((_, place) => place % 2 === 1);
  return values.map((value, place) => `"${pairs[place * 2]}" = ${JSON.stringify(value)}`).join(', ');
}

const bin = await pythonTools('web-fuzz-venv', PACKAGES);
const console = await startConsole();
try {
  const config = join(console.folder, 'schemathesis.toml');
  writeFileSync(config, await knownThings(console));
  // It keeps what it found in the present folder.
  process.exitCode = await run(
    join(bin, 'schemathesis'),
    [
      ...['--config-file', config],
      ...['run', `${console.url}api/v1/openapi.json`],
      ...['--header', `Authorization: Bearer ${console.tokens.admin}`],
      ...['--checks', CHECKS.join(',')],
      ...['--rate-limit', RATE, '--continue-on-failure', '--no-color'],
      ...['--max-examples', process.env['WEB_FUZZ_EXAMPLES'] ?? '100'],
    ],
    { cwd: console.folder },
  );
} finally {
  await console.end();
}
