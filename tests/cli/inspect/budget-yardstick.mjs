/**
 * A fixed piece of work, of the kinds that an inspector does: how long it takes tells how fast a machine is just now.
 * Nothing of the package is in it.
 *
 *     node --import budget-watch.mjs budget-yardstick.mjs 3>result
 */
import { Buffer } from 'node:buffer';

const data = Buffer.alloc(1_500_000, 'N]a(K\x01.');
const places = new Map();
const lines = [];
for (let offset = 0; offset < data.length; offset++) {
  const byte = data[offset];
  places.set(`${byte} ${offset % 5000}`, offset);
  if (offset % 5 === 0) lines.push({ offset, text: `${String(offset).padStart(8)}  ${byte.toString(16)}` });
}
const text = lines.map((line) => line.text.replace(/ +/, ' ')).join('\n');
const copy = JSON.parse(JSON.stringify(lines));
copy.sort((left, right) => (left.text < right.text ? -1 : 1));
if (copy.length !== lines.length || text.length === 0 || places.size === 0) throw new Error('the work was not done');
