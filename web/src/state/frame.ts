/**
 * Changes are shown at most once a frame, however many messages come.
 *
 * @module
 */
import { batch } from '@preact/signals';

const waiting = new Set<() => void>();
let asked = false;

/** A hidden page gets no frames: there a timer shows what is left, as the title and the sounds need it. */
const HIDDEN_MS = 500;

/** Runs a function in the next frame, once, however often it was asked for. */
export function inNextFrame(show: () => void): void {
  waiting.add(show);
  if (asked) return;
  asked = true;
  if (document.hidden) setTimeout(run, HIDDEN_MS);
  else requestAnimationFrame(run);
}

/** Shows everything that waits, at once: before somebody reads what is to be sent. */
function run(): void {
  asked = false;
  const all = [...waiting];
  waiting.clear();
  batch(() => {
    for (const show of all) show();
  });
}

// A page that is hidden between the request of a frame and the frame would wait until it is shown.
document.addEventListener('visibilitychange', () => {
  if (document.hidden && asked) setTimeout(run, HIDDEN_MS);
});
