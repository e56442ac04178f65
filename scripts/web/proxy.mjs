/**
 * `npm run web:proxy`: nginx with the recipe of docs/web.md, word for word, in front of a running console; Caddy too where it
 * is installed. Looks at TLS, Host, Origin, the stream, the forwarded address, ids with a colon, and that nothing is sent twice.
 *
 * Needs nginx and openssl (Debian: `apt-get install nginx openssl`), and for the second half `apt-get install caddy`.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import WebSocket from 'ws';
import { ROOT, startConsole } from './console.mjs';

const NAME = 'desk.example.com';
/** Another address of this machine than the proxy's own, so that the two can be told apart. */
const CLIENT = '127.0.0.2';
const RECIPES = readFileSync(join(ROOT, 'docs/web.md'), 'utf8');

/** A block of code of docs/web.md, behind the line that introduces it. */
function recipe(before) {
  const at = RECIPES.indexOf(before);
  const [, text] = /```\w+\n([\s\S]*?)```/.exec(at < 0 ? '' : RECIPES.slice(at)) ?? [];
  if (text === undefined) throw new Error(`docs/web.md has no recipe behind "${before}"`);
  return text;
}

/** Changes what a machine has to change, and fails where the recipe does not have it. */
function adapted(text, changes) {
  let changed = text;
  for (const [from, to] of changes) {
    if (!changed.includes(from)) throw new Error(`the recipe has no "${from}"`);
    changed = changed.replaceAll(from, to);
  }
  return changed;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves when somebody listens. */
async function listening(port) {
  for (let tries = 0; tries < 200; tries++) {
    const isThere = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('close', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nobody listens at port ${port}`);
}

/** Asks through the proxy, as a browser that knows the name. */
function ask(desk, method, path, { headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        ...{ host: '127.0.0.1', port: desk.port, servername: NAME, ca: desk.certificate, method, path },
        localAddress: CLIENT,
        headers: {
          Host: `${NAME}:${desk.port}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
      },
      (answer) => {
        const chunks = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = answer.headers['content-type']?.includes('json') === true;
          resolve({ status: answer.statusCode, headers: answer.headers, body: isJson ? JSON.parse(text) : text });
        });
      },
    );
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The first messages of the stream through the proxy. */
function firstMessages(desk, headers, count) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://127.0.0.1:${desk.port}/api/v1/stream`, 'vnpy-bridge.v1', {
      ...{ servername: NAME, ca: desk.certificate },
      headers: { Host: `${NAME}:${desk.port}`, ...headers },
    });
    const messages = [];
    socket.on('open', () => {
      socket.send(JSON.stringify({ id: 1, op: 'subscribe', channel: 'orders' }));
    });
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)).type);
      if (messages.length < count) return;
      socket.close();
      resolve(messages);
    });
    socket.once('error', reject);
  });
}

let failures = 0;
function check(what, seen, wanted) {
  const isRight = JSON.stringify(seen) === JSON.stringify(wanted);
  if (!isRight) failures++;
  process.stdout.write(`  ${isRight ? 'ok  ' : 'FAIL'} ${what}${isRight ? '' : `: ${JSON.stringify(seen)}`}\n`);
}

const ORDER = { vt_symbol: 'rb2705.SHFE', direction: 'LONG', offset: 'OPEN', type: 'MARKET', volume: 1 };

/** What must hold behind any proxy. */
async function examine(desk, tokens) {
  const origin = `https://${NAME}:${desk.port}`;
  const bearer = { Authorization: `Bearer ${tokens.trader}` };
  const page = { Origin: origin, 'X-Requested-With': 'vnpy-bridge' };
  const index = await ask(desk, 'GET', '/');
  check('the page, with its policy', [index.status, 'content-security-policy' in index.headers], [200, true]);
  check('the API', (await ask(desk, 'GET', '/api/v1/status', { headers: bearer })).status, 200);
  const foreign = { ...bearer, Host: 'evil.test' };
  const wrongHost = await ask(desk, 'GET', '/api/v1/status', { headers: foreign });
  check('another Host does not reach the console', wrongHost.body.epoch, undefined);
  check('the stream', await firstMessages(desk, bearer, 3), ['hello', 'ok', 'snapshot']);
  const elsewhere = await firstMessages(desk, { ...bearer, Origin: 'https://evil.test' }, 1).catch(String);
  check('the stream from another page is refused', String(elsewhere).includes('403'), true);
  await ask(desk, 'PUT', '/api/v1/subscriptions/rb2705.SHFE', { headers: bearer });
  const body = { ...ORDER, client_order_id: `proxy-order-${desk.port}` };
  const answers = await Promise.all(
    [1, 2, 3].map(() => ask(desk, 'POST', '/api/v1/orders', { headers: bearer, body })),
  );
  const orders = await ask(desk, 'GET', '/api/v1/orders', { headers: bearer });
  const mine = orders.body.data.filter(({ reference }) => reference === body.client_order_id);
  check(
    'an order that comes three times is one',
    [mine.length, answers.some(({ status }) => status === 201)],
    [1, true],
  );
  const id = encodeURIComponent(mine[0].vt_orderid);
  check('an id in an address', (await ask(desk, 'GET', `/api/v1/orders/${id}`, { headers: bearer })).status, 200);
  const odd = await ask(desk, 'GET', '/api/v1/orders/a:b%2F..%2Fc.1', { headers: bearer });
  check('an id with a slash stays one part', [odd.status, odd.body.type], [404, 'urn:vnpy-bridge:problem:not-found']);
  // Attempts are counted by address: one from elsewhere does not hit the others.
  const logIn = (headers) =>
    ask(desk, 'POST', '/api/v1/session', {
      headers: { ...page, ...headers },
      body: { user: 'nobody', password: 'wrong wrong' },
    });
  const wrong = await ask(desk, 'POST', '/api/v1/session', {
    headers: { ...page, Origin: 'https://evil.test' },
    body: { user: 'nobody', password: 'wrong wrong' },
  });
  check(
    'a log-in from another page is refused',
    [wrong.status, wrong.body.type],
    [403, 'urn:vnpy-bridge:problem:wrong-origin'],
  );
  check('a log-in from this page is looked at', (await logIn({ 'X-Forwarded-For': '203.0.113.9' })).status, 401);
  const audit = await ask(desk, 'GET', '/api/v1/audit', { headers: { Authorization: `Bearer ${tokens.admin}` } });
  const addresses = new Set(audit.body.data.filter(({ action }) => action === 'log-in').map(({ address }) => address));
  // The proxy adds the address that it sees behind what a client claims.
  check('the address is the one that the proxy saw', [...addresses], [CLIENT]);
}

function certificate(folder) {
  const [cert, key] = [join(folder, 'desk.pem'), join(folder, 'desk.key')];
  const subject = ['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`];
  const files = ['-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'ignore',
  });
  return { cert, key };
}

function nginxConfig(folder, { port, upstream, cert, key }) {
  const server = adapted(recipe('nginx:'), [
    ['listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`],
    ['/etc/ssl/desk.example.com.pem', cert],
    ['/etc/ssl/private/desk.example.com.key', key],
    ['http://127.0.0.1:8787', upstream],
    // As docs/web.md says for another port than 443.
    ['proxy_set_header Host $host;', 'proxy_set_header Host $host:$server_port;'],
  ]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return [
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr warn;`,
    'events {}',
    `http { access_log off; ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}`,
    server,
    '}',
  ].join('\n');
}

function caddyConfig({ port, upstream, cert, key }) {
  const site = adapted(recipe('Caddy gets a certificate'), [
    [`${NAME} {`, `${NAME}:${port} {\n  bind 127.0.0.1\n  tls ${cert} ${key}`],
    ['127.0.0.1:8787', new URL(upstream).host],
  ]);
  return `{\n  admin off\n  auto_https off\n}\n${site}`;
}

/** Runs one proxy in front of a console of its own. */
async function behind(program, argsOf) {
  const folder = mkdtempSync(join(tmpdir(), 'vnpy-bridge-proxy-'));
  const { cert, key } = certificate(folder);
  const port = await freePort();
  const console = await startConsole(['--web-behind-proxy', '--web-origin', `https://${NAME}:${port}`]);
  const upstream = console.url.replace(/\/$/, '');
  const proxy = spawn(program, argsOf(folder, { port, upstream, cert, key }), {
    stdio: ['ignore', 'inherit', program === 'caddy' ? 'ignore' : 'inherit'],
    env: { ...process.env, HOME: folder },
  });
  try {
    await listening(port);
    await examine({ port, certificate: readFileSync(cert) }, console.tokens);
  } finally {
    proxy.kill('SIGTERM');
    await console.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const has = (program) => spawnSync(program, ['-v'], { stdio: 'ignore' }).error === undefined;

if (has('nginx')) {
  process.stdout.write('nginx, with the recipe of docs/web.md\n');
  await behind('nginx', (folder, places) => {
    const path = join(folder, 'nginx.conf');
    writeFileSync(path, nginxConfig(folder, places));
    return ['-c', path, '-e', 'stderr', '-p', folder];
  });
} else {
  process.stderr.write('nginx is not installed (Debian: apt-get install nginx): its recipe was NOT tried\n');
  process.exitCode = 1;
}
if (has('caddy')) {
  process.stdout.write('Caddy, with the recipe of docs/web.md\n');
  await behind('caddy', (folder, places) => {
    const path = join(folder, 'Caddyfile');
    writeFileSync(path, caddyConfig(places));
    return ['run', '--config', path, '--adapter', 'caddyfile'];
  });
} else {
  process.stderr.write('caddy is not installed (Debian: apt-get install caddy): its recipe was NOT tried\n');
}
if (failures > 0) process.exitCode = 1;
process.stdout.write(`${failures} failures\n`);
