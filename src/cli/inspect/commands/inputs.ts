import type { ArgumentInfo } from '../../kit/command.js';

/** The arguments of a command that reads inputs. */
export const INPUTS: readonly ArgumentInfo[] = [
  { syntax: '[input...]', description: 'files, or - for standard input' },
];
