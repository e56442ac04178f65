/**
 * Where Chromium is: CHROMIUM, or the places where systems put it. Run as a program, it fails with the name of the package
 * that is missing; `BROWSER=none` leaves the browser out on purpose.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What to say where there is none. */
export const NO_CHROMIUM =
  'No Chromium found: install the package "chromium" (apt-get install chromium), or name a browser by CHROMIUM=PATH. ' +
  'BROWSER=none leaves the browser tests out.';

/** @returns {string | undefined} Its path. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  return [...(named ? [named] : []), ...PLACES].find((path) => existsSync(path));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && findChromium() === undefined) {
  console.error(NO_CHROMIUM);
  process.exitCode = 1;
}
