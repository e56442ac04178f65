/**
 * The script of an HTML report, as the browser gets it: it stands in the page as an inline module. It fills the four panes,
 * links them on hover, filters, and replays the stack. It puts data into the page as text only, never as markup.
 *
 * @module
 */

/**
 * @typedef {import('../report.js').ReportMessage} ReportMessage
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

/** @type {(text: string) => Row} */
const moreRow = (text) => ({ className: 'row more', parts: [['', text]] });

/**
 * The value, line by line.
 *
 * @param {ReportMessage} message
 * @returns {Row[]}
 */
export function treeRows(message) {
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
  return message.treeCut ? [...rows, moreRow('… more values, not in this report')] : rows;
}

/**
 * The opcodes.
 *
 * @param {ReportMessage} message
 * @returns {Row[]}
 */
export function opRows(message) {
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
  return message.opsHidden > 0 ? [...rows, moreRow(`… ${message.opsHidden} more opcodes`)] : rows;
}

/**
 * The bytes in hex, each by itself.
 *
 * @param {ReportMessage} message
 * @returns {Row[]}
 */
export function hexRows(message) {
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
  return message.bytesHidden > 0 ? [...rows, moreRow(`… ${message.bytesHidden} more bytes`)] : rows;
}

/**
 * The findings.
 *
 * @param {ReportMessage} message
 * @returns {Row[]}
 */
export function findingRows(message) {
  if (message.findings.length === 0) return [moreRow('none')];
  return message.findings.map(({ code, level, title, message: text, offset }) => ({
    className: `row ${level}`,
    parts: [['', `${level} ${code} ${title}: ${text}`]],
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
 */
export function stackText([offset, , name, , , , length, top]) {
  return `after ${name} @${offset}: stack of ${length}  … ${top.join('  |  ')}`;
}

const PANES = /** @type {const} */ ([
  ['tree', 'value', treeRows],
  ['ops', 'opcodes', opRows],
  ['hex', 'bytes', hexRows],
  ['findings', 'findings', findingRows],
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
  /** @type {{ readonly messages: readonly ReportMessage[], readonly hidden: number }} */
  const report = JSON.parse(byId('data').textContent ?? '');

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
    byId('stack').textContent = stackText(op);
    link(node, true);
    node.scrollIntoView({ block: 'nearest' });
  });

  /** @type {(message: ReportMessage) => void} */
  const show = (message) => {
    current = message;
    lit = [];
    byId('about').textContent = message.about;
    for (const [pane, title, rowsOf] of PANES) {
      spans[pane] = [];
      byId(pane).replaceChildren(element('h2', '', title), ...rowsOf(message).map((row) => rowOf(pane, row)));
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
  if (report.hidden > 0) byId('hidden').textContent = `${report.hidden} more messages are not in this report`;
  if (report.messages[0] !== undefined) show(report.messages[0]);
}
