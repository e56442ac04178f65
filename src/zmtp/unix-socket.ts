/**
 * Whether somebody still listens at the file of a Unix socket.
 *
 * @module
 */
import { createConnection } from 'node:net';

/** False for what a process that has ended left behind. One that this user may not connect to (EACCES) counts as alive. */
export function isSocketAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) => {
      resolve(!('code' in error) || (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'));
    });
  });
}
