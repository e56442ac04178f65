/**
 * The script of an HTML report: plain JavaScript, as the browser gets it. It puts data into the page as text only
 * (`textContent`), never as markup.
 *
 * @module
 */

/** Fills the four panes, links them on hover, filters, and replays the stack. */
export const PAGE_SCRIPT = String.raw`
'use strict';
(() => {
  const report = JSON.parse(document.getElementById('data').textContent);
  const pane = (id) => document.getElementById(id);
  const panes = { tree: pane('tree'), ops: pane('ops'), hex: pane('hex'), findings: pane('findings') };
  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  // Rows and bytes of the message that is shown, each with the bytes that it stands for.
  let items = { tree: [], ops: [], hex: [], findings: [] };
  let lit = [];

  const spanned = (node, start, end, kind) => {
    node.dataset.start = start;
    node.dataset.end = end;
    items[kind].push({ node, start, end });
    return node;
  };
  const heading = (id, text) => panes[id].replaceChildren(element('h2', '', text));
  const more = (id, text) => panes[id].append(element('div', 'row more', text));

  const clear = () => {
    for (const node of lit) node.classList.remove('lit', 'pick');
    lit = [];
  };
  const mark = (node, className) => {
    node.classList.add(className);
    lit.push(node);
  };
  // The rows whose bytes are within the span; if there are none, the smallest that holds it.
  const matching = (kind, start, end) => {
    const inside = items[kind].filter((item) => item.start >= start && item.end <= end);
    if (inside.length > 0) return inside;
    let best;
    for (const item of items[kind]) {
      if (item.start <= start && item.end >= end && (!best || item.end - item.start <= best.end - best.start)) best = item;
    }
    return best ? [best] : [];
  };
  const link = (target, scroll) => {
    clear();
    const start = Number(target.dataset.start);
    const end = Number(target.dataset.end);
    for (const kind of Object.keys(panes)) {
      const found = matching(kind, start, end);
      for (const { node } of found) mark(node, 'lit');
      const first = found[0];
      if (scroll && first && !panes[kind].contains(target)) first.node.scrollIntoView({ block: 'nearest' });
    }
    mark(target, 'pick');
  };
  const targetOf = (event) => event.target.closest('[data-start]');
  for (const id of Object.keys(panes)) {
    panes[id].addEventListener('mouseover', (event) => {
      const target = targetOf(event);
      if (target) link(target, false);
    });
    panes[id].addEventListener('click', (event) => {
      const target = targetOf(event);
      if (target) link(target, true);
    });
  }

  const showTree = (message) => {
    heading('tree', 'value');
    for (const [depth, label, value, type, start, end] of message.tree) {
      const row = spanned(element('div', 'row'), start, end, 'tree');
      row.append(' '.repeat(depth * 2), element('span', 'label', label + '  '), element('span', '', value), ' ');
      row.append(element('span', 'type', type + ' @' + start));
      panes.tree.append(row);
    }
    if (message.treeCut) more('tree', '… more values, not in this report');
  };
  const showOps = (message) => {
    heading('ops', 'opcodes');
    for (const [offset, end, name, argument, path, paint] of message.ops) {
      const row = spanned(element('div', 'row'), offset, end, 'ops');
      row.append(element('span', 'offset', String(offset).padStart(6) + '  '), element('span', paint, name.padEnd(17)));
      row.append(' ' + argument + '  ', element('span', 'type', path));
      panes.ops.append(row);
    }
    if (message.opsHidden > 0) more('ops', '… ' + message.opsHidden + ' more opcodes');
  };
  const showHex = (message) => {
    heading('hex', 'bytes');
    for (let at = 0; at < message.bytes.length / 2; at += 16) {
      const row = element('div', 'row');
      row.append(element('span', 'offset', at.toString(16).padStart(6, '0') + '  '));
      for (let byte = at; byte < Math.min(at + 16, message.bytes.length / 2); byte++) {
        row.append(spanned(element('span', 'byte', message.bytes.slice(2 * byte, 2 * byte + 2)), byte, byte + 1, 'hex'));
      }
      panes.hex.append(row);
    }
    if (message.bytesHidden > 0) more('hex', '… ' + message.bytesHidden + ' more bytes');
  };
  const showFindings = (message) => {
    heading('findings', 'findings');
    if (message.findings.length === 0) more('findings', 'none');
    for (const { code, level, title, message: text, offset } of message.findings) {
      const row = element('div', 'row ' + level, level + ' ' + code + ' ' + title + ': ' + text);
      panes.findings.append(offset === undefined ? row : spanned(row, offset, offset + 1, 'findings'));
    }
  };

  const filter = pane('filter');
  const applyFilter = () => {
    const wanted = filter.value.toLowerCase();
    for (const kind of ['tree', 'ops', 'findings']) {
      for (const { node } of items[kind]) node.hidden = wanted !== '' && !node.textContent.toLowerCase().includes(wanted);
    }
  };
  filter.addEventListener('input', applyFilter);

  const slider = pane('step');
  let current;
  const replay = () => {
    const op = current.ops[Number(slider.value)];
    if (!op) return;
    const [offset, , name, , , , length, top] = op;
    pane('stack').textContent = 'after ' + name + ' @' + offset + ': stack of ' + length + '  … ' + top.join('  |  ');
    const item = items.ops[Number(slider.value)];
    if (item) link(item.node, true);
    item?.node.scrollIntoView({ block: 'nearest' });
  };
  slider.addEventListener('input', replay);

  const show = (index) => {
    current = report.messages[index];
    items = { tree: [], ops: [], hex: [], findings: [] };
    lit = [];
    pane('about').textContent = current.about;
    showTree(current);
    showOps(current);
    showHex(current);
    showFindings(current);
    slider.max = String(Math.max(0, current.ops.length - 1));
    slider.value = '0';
    pane('stack').textContent = '';
    applyFilter();
  };
  const list = pane('messages');
  report.messages.forEach((message, index) => {
    const option = element('option', '', message.title + (message.about ? '  ' + message.about : ''));
    option.value = String(index);
    list.append(option);
  });
  list.addEventListener('change', () => show(Number(list.value)));
  if (report.hidden > 0) pane('hidden').textContent = report.hidden + ' more messages are not in this report';
  if (report.messages.length > 0) show(0);
})();
`;
