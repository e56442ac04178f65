/**
 * What is wrong with a value that somebody gave, in English. Each completes the sentence "<where> <value> …".
 *
 * @module
 */

/** By what was expected. */
export const values = {
  yesOrNo: 'must be true or false',
  oneValue: 'takes one value',
  noDuration: (value: string): string =>
    `is no time with a unit; ${value === '' ? 'write 500ms, 5s, 10m, 1h or 1d' : `write ${value}ms or ${value}s`}`,
  nothing: 'must be more than nothing',
  noSize: 'is no size; write 4096, 500MB or 2GiB',
  sizeRange: (least: number): string => `must be ${least} byte or more, and at most 8191 TiB`,
  whole: (least: number, most: number | undefined): string =>
    `must be a whole number, ${most === undefined ? `${least} or more` : `${least} to ${most}`}`,
  noSpeed: 'is no speed; write 1 for real time, 10 for ten times as fast, or max',
  choice: (words: string): string => `must be one of ${words}`,
  noServer:
    'is no server; write NAME=REQUEST,SUBSCRIBE, night=tcp://10.0.0.5:2014,tcp://10.0.0.5:4102 for instance, with a name of 1 ' +
    'to 32 letters, digits, _ and -',
  noHostPort: 'is no HOST:PORT; write 127.0.0.1:9464',
  noVtSymbol: 'is no vt_symbol; write symbol.EXCHANGE, rb2705.SHFE for instance',
  noMoment: 'is no time; write 2025-01-31, 2025-01-31T09:30 or 2025-01-31T09:30:00+08:00',
  noVersion: 'is no version of vnpy; write 4.0 or 3.9.4',
  noNats:
    'is no address of NATS; write nats://10.0.0.5:4222, or tls://nats.example.com:4222. A name or key does not stand in it',
  noName: 'must be a name of 1 to 100 characters',
  noRange: 'expected a number or a range, such as 3 or 2-5',
  endsFirst: (text: string): string => `${text} ends before it begins`,
  fromOne: 'messages count from 1',
  notNegative: 'must be a number that is not negative',
  noPython: 'must be a CPython from 3.10 to 3.14, such as 3.11 or 3.13.0',
  replicas: (numbers: string, last: string): string => `must be ${numbers} or ${last}`,
};
