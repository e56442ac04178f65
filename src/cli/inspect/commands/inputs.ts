import type { ArgumentInfo } from '../../kit/command.js';

/** The arguments of a command that reads inputs. */
export const INPUTS = [
  { syntax: '[input...]', description: 'files, or - for standard input' },
] as const satisfies readonly ArgumentInfo[];
