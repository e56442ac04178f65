/**
 * Runs in the page that `npm run bench -- web` measures, before the page's own scripts: notes when messages were drawn.
 *
 * @module
 */
const { MessageChannel, PerformanceObserver, performance, WebSocket, requestAnimationFrame } = globalThis;

/** Times in ms. `ticks` from the moment of a tick, `rows` from when the console sent it, `orders` from when they were made. */
const noted = { isOn: false, ticks: [], rows: [], orders: [], frames: [], tasks: [] };
globalThis.noted = noted;

const now = () => performance.timeOrigin + performance.now();

/** A frame is drawn after its callbacks: the first task behind them knows that it was. */
function drawn(then) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = then;
    port2.postMessage(0);
  });
}

function look(text) {
  const { type, channel, t0, fields = [], rows = [], data = [] } = JSON.parse(text);
  if (type === 'rows') {
    const place = fields.indexOf('datetime') + 1;
    const times = rows.map((row) => Date.parse(row[place]));
    drawn(() => {
      const at = now();
      noted.rows.push(at - t0);
      for (const time of times) noted.ticks.push(at - time);
    });
  } else if (type === 'update' && channel === 'orders') {
    const made = data.filter(({ status }) => status === 'NOTTRADED').map(({ reference }) => Number(reference));
    drawn(() => {
      for (const time of made) noted.orders.push(now() - time);
    });
  }
}

globalThis.WebSocket = class extends WebSocket {
  constructor(...parts) {
    super(...parts);
    this.addEventListener('message', ({ data }) => {
      if (noted.isOn) look(data);
    });
  }
};

let before = performance.now();
function frame() {
  const at = performance.now();
  noted.frames.push(at - before);
  before = at;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) noted.tasks.push(duration);
}).observe({ type: 'longtask' });
