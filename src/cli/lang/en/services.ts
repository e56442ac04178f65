/**
 * What services and the commands that steer them print for people, in English: the shape that every other language has to fill.
 *
 * @module
 */

/** Sentences of the services, of `web-user`, `keygen` and `guard`. */
export const services = {
  /** What the library says, which has no other key than its words. */
  said: (text: string): string => text,

  // --- servers
  ready: (request: string, subscribe: string): string => `ready: --request ${request} --subscribe ${subscribe}`,
  pairAt: (address: string): string => ` (vnpy 3.0 to 4.4: ${address})`,
  /** In the log of the clients, as that of their server. */
  relayCutOff: (detail: string): string =>
    `relay: not connected to the vnpy server (${detail}): no orders leave, and all data is of before`,
  relayBack: (count: number, gone: number): string =>
    `relay: connected to the vnpy server again: ${count} changes had been missed, ${gone} items are gone`,

  // --- record and replay
  messages: (count: string): string => `${count} messages`,
  perSecond: (count: string): string => `${count}/s`,
  messagesLost: (count: string): string => `${count} LOST`,
  recorded: (messages: number, bytes: number, where: string): string =>
    `${messages} messages, ${bytes} bytes in ${where}`,
  files: (count: number): string => `${count} files`,
  andLost: (count: number): string => `; ${count} lost`,
  played: (events: number): string => `${events} events published`,
  undecodable: (events: number): string => `, ${events} could not be decoded`,
  damaged: (files: number, all: number): string => `; ${files} of ${all} files damaged, and not played to the end`,

  // --- web
  consoleAt: (url: string): string => `console at ${url}`,
  loginOnce: (link: string): string => `there are no users yet; log in once, within 5 minutes, by ${link}`,
  noUsers: (how: string): string => `there are no users yet; ${how}`,
  noWebUser: 'the policy has no principal with "webUser": name one there, then add the user by web-user add',
  addBy: (command: string): string => `the policy names who may log in: ${command}`,
  andGive: (users: string): string => `, and give the console ${users}`,

  // --- web-user
  userAdded: (name: string, role: string): string => `added ${name}, ${role}`,
  userChanged: (name: string, role: string): string => `changed ${name}, ${role}`,
  wasRole: (role: string): string => `, who was ${role}`,
  roleStays: ' (the role stays; --role changes it)',
  userRemoved: (name: string): string => `removed ${name}`,
  totpSecret: (name: string, secret: string): string => `secret of ${name}, shown once: ${secret}`,
  users: {
    name: 'name',
    role: 'role',
    password: 'password',
    totp: 'second factor',
    tokens: 'tokens',
    created: 'created',
  },
  yes: 'true',
  no: 'false',
  askPassword: 'password: ',
  askAgain: 'again: ',

  // --- keygen
  secrets: { 'secret key': 'secret key', seed: 'seed' },
  keysPrinted: (publicKey: string, word: string, secret: string): string =>
    `public key: ${publicKey}\n${word}: ${secret}`,
  keysWritten: (word: string, secretFile: string, publicFile: string): string =>
    `${word} in ${secretFile}, public key in ${publicFile}`,

  // --- guard
  levels: { halt: 'halt', reduce: 'reduce' },
  halted: (level: string, id: string, scope: string, who: string, when: string, why: string): string =>
    `${level} ${id} (${scope}) by ${who}, ${when}: ${why}`,
  ended: (halt: string): string => `ended: ${halt}`,
  noHalt: 'there was no halt',
  released: (id: string): string => `released ${id}`,
  baseline: (of: string): string => `losses of ${of} begin at 0`,
  auditGoesOn: 'the audit goes on',
  webhook: (webhook: string, format: string, outcome: string): string => `${webhook} (${format}): ${outcome}`,
  taken: 'taken',
  wouldCancel: (orders: number): string => `${orders} orders would be cancelled`,
  cancelled: (cancelled: number, filled: number): string => `${cancelled} cancelled, ${filled} filled before`,
  reports: {
    drill: (ms: number, counts: string): string => `drill in ${ms} ms: ${counts}`,
    done: (ms: number, counts: string): string => `done in ${ms} ms: ${counts}`,
    notDone: (ms: number, counts: string): string => `NOT done in ${ms} ms: ${counts}`,
  },
  failed: (id: string, why: string): string => `  failed ${id}: ${why}`,
  unknown: (id: string): string => `  unknown ${id}`,
  status: {
    policy: 'policy',
    audit: 'audit',
    connected: 'connected',
    halts: 'halts',
    unknown: 'unknown',
  },
  policyOf: (hash: string, generation: number): string => `${hash}, generation ${generation}`,
  newestRefused: (why: string): string => `; the newest is refused: ${why}`,
  auditOf: (file: string, line: number, health: string): string => `${file}, line ${line}: ${health}`,
  fine: 'ok',
  none: 'none',
  nobody: 'nobody',
  unknownOrder: (id: string, who: string, about: string): string => `${id} of ${who}: ${about}`,
};

/** What every language has to say. */
export type ServiceTexts = typeof services;
