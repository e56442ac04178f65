/**
 * The script of an HTML report, as the browser gets it: it stands in the page as an inline module. It fills the four panes,
 * links them on hover, filters, and replays the stack. It puts data into the page as text only, never as markup.
 *
 * @module
 */

/**
 * @typedef {import('../report.js').ReportMessage} ReportMessage
 * @typedef {import('../../../lang/en/inspect.js').PageWords} PageWords
 * @typedef {'tree' | 'ops' | 'hex' | 'findings'} Pane
 * @typedef {readonly [className: string, text: string]} Piece
 *
 * @typedef Cell A piece of a row that stands for bytes of its own.
 * @property {Piece} piece
 * @property {number} start
 * @property {number} end
 *
 * @typedef Row A line of a pane. With `start` and `end` the line stands for these bytes.
 * @property {string} className
 * @property {readonly (Piece | Cell)[]} parts
 * @property {number} [start]
 * @property {number} [end]
 *
 * @typedef Span What stands for bytes, from `start` to before `end`.
 * @property {number} start
 * @property {number} end
 */

const BYTES_A_ROW = 16;

/** A text with its values. @type {(text: string, values: Readonly<Record<string, string | number>>) => string} */
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_mark, name) => String(values[name] ?? ''));

/** @type {(text: string) => Row} */
const moreRow = (text) => ({ className: 'row more', parts: [['', text]] });

/**
 * The value, line by line.
 *
 * @param {ReportMessage} message
 * @param {PageWords} words
 * @returns {Row[]}
 */
export function treeRows(message, words) {
  /** @type {Row[]} */
  const rows = message.tree.map(([depth, label, value, type, start, end]) => ({
    className: 'row',
    parts: [
      ['', ' '.repeat(depth * 2)],
      ['label', label === '' ? '' : `${label}  `],
      ['', `${value} `],
      // A line of a table has no type of its own.
      ['type', type === '' ? '' : `${type} @${start}`],
    ],
    start,
    end,
  }));
  return message.treeCut ? [...rows, moreRow(words.moreValues)] : rows;
}

/**
 * The opcodes.
 *
 * @param {ReportMessage} message
 * @param {PageWords} words
 * @returns {Row[]}
 */
export function opRows(message, words) {
  /** @type {Row[]} */
  const rows = message.ops.map(([start, end, name, argument, path, paint]) => ({
    className: 'row',
    parts: [
      ['offset', `${String(start).padStart(6)}  `],
      [paint, name.padEnd(17)],
      ['', ` ${argument}  `],
      ['type', path],
    ],
    start,
    end,
  }));
  return message.opsHidden > 0 ? [...rows, moreRow(filled(words.moreOpcodes, { n: message.opsHidden }))] : rows;
}

/**
 * The bytes in hex, each by itself.
 *
 * @param {ReportMessage} message
 * @param {PageWords} words
 * @returns {Row[]}
 */
export function hexRows(message, words) {
  /** @type {Row[]} */
  const rows = [];
  const bytes = message.bytes.match(/../g) ?? [];
  for (let at = 0; at < bytes.length; at += BYTES_A_ROW) {
    /** @type {Cell[]} */
    const cells = bytes
      .slice(at, at + BYTES_A_ROW)
      .map((byte, index) => ({ piece: ['byte', byte], start: at + index, end: at + index + 1 }));
    rows.push({ className: 'row', parts: [['offset', `${at.toString(16).padStart(6, '0')}  `], ...cells] });
  }
  return message.bytesHidden > 0 ? [...rows, moreRow(filled(words.moreBytes, { n: message.bytesHidden }))] : rows;
}

/**
 * The findings.
 *
 * @param {ReportMessage} message
 * @param {PageWords} words
 * @returns {Row[]}
 */
export function findingRows(message, words) {
  if (message.findings.length === 0) return [moreRow(words.none)];
  return message.findings.map(({ code, level, label, title, message: text, offset }) => ({
    className: `row ${level}`,
    parts: [['', `${label} ${code} ${title}: ${text}`]],
    ...(offset === undefined ? {} : { start: offset, end: offset + 1 }),
  }));
}

/**
 * What a pane has for some bytes: what lies within them, or the smallest that holds them.
 *
 * @template {Span} T
 * @param {readonly T[]} spans
 * @param {number} start
 * @param {number} end
 * @returns {readonly T[]}
 */
export function matching(spans, start, end) {
  const inside = spans.filter((span) => span.start >= start && span.end <= end);
  if (inside.length > 0) return inside;
  /** @type {T | undefined} */
  let best;
  for (const span of spans) {
    const holds = span.start <= start && span.end >= end;
    if (holds && (best === undefined || span.end - span.start <= best.end - best.start)) best = span;
  }
  return best === undefined ? [] : [best];
}

/**
 * The top of the stack after an opcode.
 *
 * @param {ReportMessage['ops'][number]} op
 * @param {PageWords} words
 */
export function stackText([offset, , name, , , , length, top], words) {
  return filled(words.stack, { name, at: offset, n: length, top: top.join('  |  ') });
}

const PANES = /** @type {const} */ ([
  ['tree', treeRows],
  ['ops', opRows],
  ['hex', hexRows],
  ['findings', findingRows],
]);

/**
 * Brings the page to life.
 *
 * @param {Document} document
 */
export function start(document) {
  /** @type {(id: string) => HTMLElement} */
  const byId = (id) => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`the page has no #${id}`);
    return element;
  };
  const filter = /** @type {HTMLInputElement} */ (byId('filter'));
  const slider = /** @type {HTMLInputElement} */ (byId('step'));
  const list = /** @type {HTMLSelectElement} */ (byId('messages'));
  /** @type {{ readonly messages: readonly ReportMessage[], readonly hidden: number, readonly words: PageWords }} */
  const report = JSON.parse(byId('data').textContent ?? '');
  const { words } = report;

  /** @type {(tag: string, className: string, text?: string) => HTMLElement} */
  const element = (tag, className, text = '') => {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  };

  /** What stands for bytes in each pane. @type {Record<Pane, (Span & { readonly node: HTMLElement })[]>} */
  const spans = { tree: [], ops: [], hex: [], findings: [] };
  /** @type {HTMLElement[]} */
  let lit = [];
  /** @type {ReportMessage | undefined} */
  let current;

  /** @type {(pane: Pane, node: HTMLElement, span: { readonly start?: number, readonly end?: number }) => HTMLElement} */
  const spanned = (pane, node, span) => {
    if (span.start === undefined || span.end === undefined) return node;
    node.dataset['start'] = String(span.start);
    node.dataset['end'] = String(span.end);
    spans[pane].push({ node, start: span.start, end: span.end });
    return node;
  };
  /** @type {(pane: Pane, row: Row) => HTMLElement} */
  const rowOf = (pane, row) => {
    const node = spanned(pane, element('div', row.className), row);
    for (const part of row.parts) {
      const [className, text] = 'piece' in part ? part.piece : part;
      const piece = element('span', className, text);
      node.append('piece' in part ? spanned(pane, piece, part) : piece);
    }
    return node;
  };

  /** @type {(node: HTMLElement, className: string) => void} */
  const mark = (node, className) => {
    node.classList.add(className);
    lit.push(node);
  };
  /** @type {(target: HTMLElement, scroll: boolean) => void} */
  const link = (target, scroll) => {
    for (const node of lit) node.classList.remove('lit', 'pick');
    lit = [];
    for (const [pane] of PANES) {
      const found = matching(spans[pane], Number(target.dataset['start']), Number(target.dataset['end']));
      for (const { node } of found) mark(node, 'lit');
      if (scroll && !byId(pane).contains(target)) found[0]?.node.scrollIntoView({ block: 'nearest' });
    }
    mark(target, 'pick');
  };
  for (const [pane] of PANES) {
    for (const [type, scroll] of /** @type {const} */ ([
      ['mouseover', false],
      ['click', true],
    ])) {
      byId(pane).addEventListener(type, (event) => {
        const target = event.target instanceof Element ? event.target.closest('[data-start]') : null;
        if (target instanceof HTMLElement) link(target, scroll);
      });
    }
  }

  const applyFilter = () => {
    const wanted = filter.value.toLowerCase();
    for (const pane of /** @type {const} */ (['tree', 'ops', 'findings'])) {
      for (const { node } of spans[pane])
        node.hidden = wanted !== '' && node.textContent?.toLowerCase().includes(wanted) !== true;
    }
  };
  filter.addEventListener('input', applyFilter);

  slider.addEventListener('input', () => {
    const op = current?.ops[Number(slider.value)];
    const node = spans.ops[Number(slider.value)]?.node;
    if (op === undefined || node === undefined) return;
    byId('stack').textContent = stackText(op, words);
    link(node, true);
    node.scrollIntoView({ block: 'nearest' });
  });

  /** @type {(message: ReportMessage) => void} */
  const show = (message) => {
    current = message;
    lit = [];
    byId('about').textContent = message.about;
    for (const [pane, rowsOf] of PANES) {
      spans[pane] = [];
      const title = element('h2', '', byId(pane).getAttribute('aria-label') ?? '');
      byId(pane).replaceChildren(title, ...rowsOf(message, words).map((row) => rowOf(pane, row)));
    }
    slider.max = String(Math.max(0, message.ops.length - 1));
    slider.value = '0';
    byId('stack').textContent = '';
    applyFilter();
  };
  for (const [index, message] of report.messages.entries()) {
    const option = element('option', '', message.title + (message.about === '' ? '' : `  ${message.about}`));
    option.setAttribute('value', String(index));
    list.append(option);
  }
  list.addEventListener('change', () => {
    const message = report.messages[Number(list.value)];
    if (message !== undefined) show(message);
  });
  if (report.hidden > 0) byId('hidden').textContent = filled(words.moreMessages, { n: report.hidden });
  if (report.messages[0] !== undefined) show(report.messages[0]);
}
