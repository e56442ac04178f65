/**
 * The commands `web-user …`.
 *
 * @module
 */
import { commands, workOf } from '../../kit/command.js';
import { COMMON, webRole, webToken, webUsers } from '../options.js';

const name = { syntax: '<name>', description: 'name of the user' } as const;

/** All of them. */
export const WEB_USER = commands([
  {
    name: 'web-user add',
    summary: 'Add a user of the console, or change one',
    details:
      'Asks for a password of at least 12 characters; where standard input is no terminal, its first line is it. With ' +
      '--token it asks nothing, and makes a token for a program. A user that is there keeps its role, unless --role is given.',
    args: [name],
    options: [webUsers, webRole, webToken, ...COMMON],
    examples: [
      { line: 'web-user add alice --role trader --web-users users.json', comment: 'asks for a password' },
      { line: 'web-user add robot --role viewer --token --web-users users.json', comment: 'prints a token' },
    ],
    run: workOf(() => import('../work/web-user.js'), 'addUser'),
  },
  {
    name: 'web-user list',
    summary: 'List the users of the console',
    options: [webUsers, ...COMMON],
    run: workOf(() => import('../work/web-user.js'), 'listUsers'),
  },
  {
    name: 'web-user remove',
    summary: 'Remove a user of the console, with password and tokens',
    args: [name],
    options: [webUsers, ...COMMON],
    run: workOf(() => import('../work/web-user.js'), 'removeUser'),
  },
  {
    name: 'web-user totp',
    summary: 'Give a user a second factor: codes of six digits',
    details: 'Prints the secret and its otpauth address, for an app on a telephone, once. One before it holds no more.',
    args: [name],
    options: [webUsers, ...COMMON],
    run: workOf(() => import('../work/web-user.js'), 'setTotp'),
  },
]);
