/**
 * The versions of Node.js that the matrix covers.
 *
 * @module
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execute, WORK } from './run.js';
import type { Node } from './run.js';

/** What the npm package `node` is asked for: the releases with long-term support, and the newest. */
export const NODE_RANGES: readonly string[] = ['20', '22', '24', 'latest'];

/** The Node.js that runs this program. */
export const OWN_NODE: Node = { version: process.versions.node, path: process.execPath };

/**
 * Gets a Node.js through npm, once.
 *
 * @param range - `22` or `latest`.
 * @throws Error if npm cannot install it.
 */
export async function getNode(range: string): Promise<Node> {
  if (OWN_NODE.version.startsWith(`${range}.`)) return OWN_NODE;
  const folder = join(WORK, `node-${range}`);
  const path = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-audit', '--no-fund', '--no-save', `node@${range}`];
    const { output } = await execute('npm', args, { cwd: folder });
    if (!existsSync(path)) throw new Error(`npm has no node@${range} for this machine: ${output.trim()}`);
  }
  const { output } = await execute(path, ['--version']);
  return { version: output.trim().replace(/^v/, ''), path };
}
