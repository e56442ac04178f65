/**
 * docs/web-api.md, made from the table of routes and the schemas of the console.
 *
 *   npm run docs:web-api              writes it, from what was built
 *   npm run docs:web-api -- --check   ends with 1 where the document differs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const DOCUMENT = `${ROOT}docs/web-api.md`;

const BEGINNING = `# The console's API

\`vnpy-bridge web\` serves this API beside its page, and \`createConsole()\` does so in a program. Any language can use it.
This document is made from the table of routes. The console itself gives the whole as OpenAPI 3.1, at
\`/api/v1/openapi.json\`. The messages of the stream are JSON Schema, at \`/api/v1/stream.schema.json\`.

## Before you begin

Make a token for your program. It is printed once.

\`\`\`sh
vnpy-bridge web-user add robot --role trader --token --web-users users.json
vnpy-bridge web --simulate --web-trade --web-users users.json
\`\`\`

A token goes into the header \`Authorization: Bearer …\`, and never into an address.

- Enums are names, \`LONG\` for instance. Names of fields are vnpy's.
- Times are ISO 8601 with microseconds and the offset that vnpy gave them.
- A list is \`{ "data": […], "next_cursor": … }\`. Give the cursor back as it came; without one there is no more.
- Each answer has \`X-Request-Id\`, \`RateLimit\` and \`RateLimit-Policy\`. A 429 has \`Retry-After\`, in seconds.
- A browser needs a page of this console. Its requests carry a cookie, \`Origin\` and \`X-Requested-With: vnpy-bridge\`.

## Sending an order

Give each order an id of your own, \`client_order_id\`. It becomes vnpy's \`reference\`. A second request with the same id sends
nothing. It is answered as the first, or with 409 while that one is under way. The same id with another order is a 422.

A 504 \`order-outcome-unknown\` is no failure. The order may be at the server. Ask \`resolve\` before anything else.

An order is compared with the last price of its contract. So ask for its ticks first, once.

In a shell (PowerShell has other quotes, and another \`curl\`: take one of the two below):

\`\`\`sh
curl -s -X PUT http://127.0.0.1:8787/api/v1/subscriptions/rb2705.SHFE -H "Authorization: Bearer $TOKEN"
curl -s http://127.0.0.1:8787/api/v1/orders \\
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -d '{"client_order_id":"my-order-0001","vt_symbol":"rb2705.SHFE","direction":"LONG","offset":"OPEN","price":3500,"volume":1}'
\`\`\`

In Python:

\`\`\`python
import requests

console = requests.Session()
console.headers["Authorization"] = "Bearer " + token
order = dict(vt_symbol="rb2705.SHFE", direction="LONG", offset="OPEN", price=3500, volume=1)
answer = console.post("http://127.0.0.1:8787/api/v1/orders", json=dict(order, client_order_id="my-order-0002"))
if answer.status_code == 504:
    answer = console.get("http://127.0.0.1:8787" + answer.json()["resolve"])
print(answer.status_code, answer.json())
\`\`\`

In TypeScript:

\`\`\`ts no-run
const response = await fetch('http://127.0.0.1:8787/api/v1/orders', {
  method: 'POST',
  headers: { Authorization: \`Bearer \${process.env['TOKEN'] ?? ''}\`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ client_order_id: 'my-order-0003', vt_symbol: 'rb2705.SHFE', direction: 'LONG', price: 3500, volume: 1 }),
});
console.log(response.status, await response.json());
\`\`\`

A warning that \`confirm\` does not name is a 409, and nothing was sent. Send it again with the code, under the same id. The
codes are \`far-from-last\`, \`outside-limits\`, \`large-volume\` and \`wide-spread\`. A code that does not apply does no harm.
`;

const STREAM = `## The stream

A WebSocket at \`/api/v1/stream\` with the subprotocol \`vnpy-bridge.v1\`. The token goes into the header of the request.

\`\`\`json
{ "id": 1, "op": "subscribe", "channel": "orders" }
{ "id": 2, "op": "subscribe", "channel": "ticks", "symbols": ["rb2705.SHFE"], "fields": ["last_price"], "interval_ms": 50 }
{ "id": 3, "op": "resume", "epoch": "…", "channels": { "orders": 1043 } }
\`\`\`

- \`hello\` comes first. Its \`epoch\` changes when the console starts.
- Each \`subscribe\` is answered by \`ok\` and by a \`snapshot\`, in parts of 500. Then come \`update\` and \`remove\`, in order.
- Ticks are \`rows\`: of each symbol the newest, once in an interval. The first cell is a place in the list \`subscribed\`.
  With \`"encoding": "objects"\` they are whole objects.
- After a reconnect, \`resume\` gives what was missed since a number, or a snapshot where that is not known any more.
- A client that reads too slowly gets \`bye\` with 4009. It connects again and resumes. Send at most 20 messages a second.
- \`pause\` and \`continue\` are for a page that nobody looks at.

| code | means |
| - | - |
| 1001 | the console ends |
| 4001 | the session is over |
| 4003 | this role sees nothing |
| 4008 | no sign of life |
| 4009 | too slow |
| 4029 | too many messages |
`;

/** The document, from the modules of the console. */
export async function webApi({ ROUTES, API }, { PROBLEMS, PROBLEM_PREFIX, Channel }) {
  const rows = ROUTES.map((route) =>
    cells([`\`${route.method} ${route.path}\``, route.right ?? '-', statusOf(route), route.summary]),
  );
  const routes = ROUTES.filter(({ notes, problems }) => notes !== undefined || problems.length > 0).map((route) => {
    const { method, path, notes, problems } = route;
    const known =
      problems.length === 0 ? '' : `Problems of its own: ${problems.map((name) => `\`${name}\``).join(', ')}.`;
    return `### ${method} ${path}\n\n${[notes, known].filter((text) => text !== undefined && text !== '').join('\n\n')}\n`;
  });
  const problems = Object.entries(PROBLEMS).map(([name, { status, title }]) => cells([`\`${name}\``, status, title]));
  const text = [
    BEGINNING,
    `## Routes\n\nAll are behind \`${API}\`. The column "needs" is the right of the caller's role.\n`,
    ['| route | needs | status | what it does |', '| - | - | - | - |', ...rows].join('\n'),
    '',
    ...routes,
    `## Problems\n\nAn error is \`application/problem+json\`. Its \`type\` is \`${PROBLEM_PREFIX}\` and one of these names.\n`,
    ['| name | status | what it says |', '| - | - | - |', ...problems].join('\n'),
    '',
    STREAM,
    `The channels are ${Channel.options.map((name) => `\`${name}\``).join(', ')}.\n`,
  ].join('\n');
  return format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' });
}

function cells(values) {
  return `| ${values.map((value) => String(value).replaceAll('|', '\\|')).join(' | ')} |`;
}

function statusOf({ status, hasEtag }) {
  return hasEtag ? `${status}, 304` : String(status);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const expected = await webApi(
    await import('../build/esm/web/api/routes.js'),
    await import('../build/esm/web/schema/index.js'),
  );
  if (!values.check) writeFileSync(DOCUMENT, expected);
  else if (readFileSync(DOCUMENT, 'utf8') !== expected) {
    console.error('docs/web-api.md is not what the source says: npm run build, npm run docs:web-api, and commit it.');
    process.exitCode = 1;
  }
}
