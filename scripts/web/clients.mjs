/**
 * `npm run web:clients`: clients that nobody here wrote, made from the console's own description, against a running console.
 *
 * - openapi-typescript makes types of the API. A program that asks by them with openapi-fetch is type-checked, and run.
 * - openapi-python-client makes a client in Python, which is run.
 * - Python's `websockets` reads the stream.
 *
 * All of them are installed into build/. No test of this package needs them.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, run, startConsole } from './console.mjs';
import { pythonTools } from './python.mjs';

const FOLDER = join(ROOT, 'build', 'web-clients');
/** openapi-typescript wants TypeScript 5. */
const NODE_PACKAGES = { 'openapi-typescript': '7.13.0', 'openapi-fetch': '0.17.0', typescript: '5.9.3' };
const PYTHON_PACKAGES = ['openapi-python-client==0.29.1', 'websockets==17.4'];

const TYPESCRIPT = `import createClient from 'openapi-fetch';
import type { paths } from './api.js';

declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

const api = createClient<paths>({
  baseUrl: process.env['CONSOLE'] ?? '',
  headers: { Authorization: \`Bearer \${process.env['TOKEN'] ?? ''}\` },
});
const symbol = 'rb2705.SHFE';
await api.PUT('/api/v1/subscriptions/{vt_symbol}', { params: { path: { vt_symbol: symbol } } });
const { data: status } = await api.GET('/api/v1/status');
if (status?.state !== 'connected' || status.servers.length !== 1) throw new Error('the status');
type Order = paths['/api/v1/orders']['post']['requestBody']['content']['application/json'];
const order: Order = {
  ...{ vt_symbol: symbol, direction: 'LONG', offset: 'OPEN', type: 'MARKET', volume: 1 },
  ...{ client_order_id: 'typescript-1', confirm: ['wide-spread'] },
};
const sent = await api.POST('/api/v1/orders', { body: order });
if (sent.data === undefined) throw new Error(JSON.stringify(sent.error));
const id: string | null = sent.data.vt_orderid;
const { data: orders } = await api.GET('/api/v1/orders', { params: { query: { vt_symbol: symbol } } });
if (orders?.data.some((each) => each.vt_orderid === id) !== true) throw new Error('the order is not listed');
const { data: one } = await api.GET('/api/v1/orders/{vt_orderid}', { params: { path: { vt_orderid: id ?? '' } } });
if (one?.reference !== 'typescript-1') throw new Error('the order is another one');
// @ts-expect-error a direction that there is not does not compile
const upwards: Order = { ...order, direction: 'UP', client_order_id: 'typescript-2' };
const wrong = await api.POST('/api/v1/orders', { body: upwards });
if (wrong.error?.type !== 'urn:vnpy-bridge:problem:bad-request') throw new Error('a wrong direction is taken');
const { data: strategies } = await api.GET('/api/v1/strategies');
if (strategies?.apps.map(({ app }) => app).join() !== 'cta,spread') throw new Error('the strategies');
type Algo = paths['/api/v1/algos/{app}']['post']['requestBody']['content']['application/json'];
const algo: Algo = {
  ...{ client_order_id: 'typescript-3', template: 'TwapAlgo', symbol, direction: 'LONG', offset: 'OPEN', price: 3500, volume: 1 },
  confirm: ['wide-spread', 'far-from-last', 'outside-limits'],
};
const started = await api.POST('/api/v1/algos/{app}', { params: { path: { app: 'algo' } }, body: algo });
if (started.data?.outcome !== 'done') throw new Error(JSON.stringify(started.error));
console.log(\`TypeScript: order \${String(id)} of \${String(orders.data.length)}\`);
`;

const PYTHON = `import asyncio, json, os
import websockets
from console_client import AuthenticatedClient
from console_client.api.default import get_algos, get_orders, get_orders_vt_orderid, get_status, post_algos_app
from console_client.api.default import post_orders, put_subscriptions_vt_symbol
from console_client.models.post_algos_app_body import PostAlgosAppBody
from console_client.models.post_orders_body import PostOrdersBody

CONSOLE, TOKEN = os.environ["CONSOLE"], os.environ["TOKEN"]
SYMBOL = "rb2705.SHFE"
client = AuthenticatedClient(base_url=CONSOLE, token=TOKEN)


def order(id, **more):
    body = dict(vt_symbol=SYMBOL, direction="LONG", offset="OPEN", type="MARKET", volume=1, confirm=["wide-spread"])
    return PostOrdersBody.from_dict(dict(body, client_order_id=id, **more))


status = get_status.sync(client=client)
assert status.state == "connected" and len(status.servers) == 1, status
put_subscriptions_vt_symbol.sync(SYMBOL, client=client)
sent = post_orders.sync(client=client, body=order("python-0001"))
assert sent.state == "sent", sent
assert post_orders.sync(client=client, body=order("python-0001")).vt_orderid == sent.vt_orderid
found = get_orders_vt_orderid.sync(sent.vt_orderid, client=client)
assert found.reference == "python-0001", found
mine = [each for each in get_orders.sync(client=client).data if each.reference == "python-0001"]
assert len(mine) == 1, mine
refused = post_orders.sync(client=client, body=order("python-0002", gateway_name="NONE"))
assert refused.type_ == "urn:vnpy-bridge:problem:order-refused", refused
terms = dict(template="TwapAlgo", symbol=SYMBOL, direction="LONG", offset="OPEN", price=3500, volume=1)
confirm = ["wide-spread", "far-from-last", "outside-limits"]
algo = PostAlgosAppBody.from_dict(dict(terms, client_order_id="python-0004", confirm=confirm))
started = post_algos_app.sync("algo", client=client, body=algo)
assert started.outcome == "done", started
assert post_algos_app.sync("algo", client=client, body=algo).name == started.name
assert started.name in [each.name for each in get_algos.sync(client=client).data]
print(f"Python: order {sent.vt_orderid}")


async def listen():
    address = CONSOLE.replace("http", "ws") + "/api/v1/stream"
    headers = {"Authorization": "Bearer " + TOKEN}
    async with websockets.connect(address, subprotocols=["vnpy-bridge.v1"], additional_headers=headers) as stream:
        await stream.send(json.dumps({"id": 1, "op": "subscribe", "channel": "orders"}))
        types = [json.loads(await stream.recv())["type"] for _ in range(3)]
        assert types == ["hello", "ok", "snapshot"], types
        sent = await asyncio.to_thread(post_orders.sync, client=client, body=order("python-0003"))
        while True:
            message = json.loads(await asyncio.wait_for(stream.recv(), 20))
            if sent.vt_orderid in [each.get("vt_orderid") for each in message.get("data", [])]:
                break
    print(f"websockets: {message['channel']} {message['seq']}")
    try:
        async with websockets.connect(address, subprotocols=["vnpy-bridge.v1"]):
            raise AssertionError("the stream opens without a token")
    except websockets.exceptions.InvalidStatus as refused:
        assert refused.response.status_code in (401, 403), refused


asyncio.run(listen())
`;

async function must(program, args, options) {
  const code = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}`);
}

/** Installs the tools of Node.js, once. @returns Where their programs are. */
async function nodeTools() {
  const manifest = `${JSON.stringify({ private: true, type: 'module', dependencies: NODE_PACKAGES })}\n`;
  const path = join(FOLDER, 'package.json');
  const programs = join(FOLDER, 'node_modules', '.bin');
  if (existsSync(programs) && existsSync(path) && readFileSync(path, 'utf8') === manifest) return programs;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, manifest);
  await must('npm', ['install', '--no-audit', '--no-fund', '--silent'], { cwd: FOLDER });
  return programs;
}

async function typescript(places, env) {
  const programs = await nodeTools();
  await must(join(programs, 'openapi-typescript'), [places.document, '-o', join(FOLDER, 'api.d.ts')]);
  writeFileSync(join(FOLDER, 'client.ts'), TYPESCRIPT);
  const options = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--exactOptionalPropertyTypes'];
  await must(join(programs, 'tsc'), [...options, 'client.ts'], { cwd: FOLDER });
  await must(process.execPath, [join(FOLDER, 'client.js')], { env });
}

async function python(places, env) {
  const programs = await pythonTools('web-clients-venv', PYTHON_PACKAGES);
  const output = join(FOLDER, 'python', 'console_client');
  rmSync(output, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'python'), { recursive: true });
  // What it makes is formatted by ruff otherwise, which nobody reads.
  const config = join(FOLDER, 'python', 'config.yml');
  writeFileSync(config, 'post_hooks: []\n');
  const args = ['generate', '--path', places.document, '--output-path', output, '--meta', 'none', '--config', config];
  await must(join(programs, 'openapi-python-client'), [...args, '--fail-on-warning']);
  const program = join(FOLDER, 'python', 'client.py');
  writeFileSync(program, PYTHON);
  await must(join(programs, 'python'), [program], { env });
}

const desk = await startConsole();
try {
  const env = { ...process.env, CONSOLE: desk.url.replace(/\/$/, ''), TOKEN: desk.tokens.trader };
  const answer = await globalThis.fetch(`${desk.url}api/v1/openapi.json`, {
    headers: { Authorization: `Bearer ${desk.tokens.viewer}` },
  });
  mkdirSync(FOLDER, { recursive: true });
  const places = { document: join(FOLDER, 'openapi.json') };
  writeFileSync(places.document, await answer.text());
  await typescript(places, env);
  await python(places, env);
} finally {
  await desk.end();
}
