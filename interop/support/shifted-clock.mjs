/**
 * For `node --import`: the wall clock of a process, moved by as many ms as the file of CLOCK_FILE says. The monotonic clock and
 * the program stay as they are.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setInterval } from 'node:timers';

const RealDate = Date;
const file = process.env.CLOCK_FILE ?? '';
let shift = Number(readFileSync(file, 'utf8'));
setInterval(() => {
  // A file that is being written is empty for a moment.
  const text = readFileSync(file, 'utf8');
  if (text !== '') shift = Number(text);
}, 20).unref();

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift);
    else super(...args);
  }

  static now() {
    return RealDate.now() + shift;
  }
};
