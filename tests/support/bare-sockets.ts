import type { ClientSocketOptions, ServerSocketOptions } from 'vnpy-bridge/rpc';

/** For sockets of a transport that a test opens itself: patient, and without security. */
export const CLIENT_SOCKETS: ClientSocketOptions = {
  security: undefined,
  connectTimeout: 5000,
  pingTimeout: Infinity,
  maxMessageBytes: 2 ** 20,
  receiveHighWaterMark: 1000,
};

/** The same of a server. */
export const SERVER_SOCKETS: ServerSocketOptions = {
  security: undefined,
  allowAddresses: undefined,
  maxMessageBytes: 2 ** 20,
  replyHighWaterMark: 100,
  publishHighWaterMark: 100,
  linger: 0,
  denied: () => undefined,
};
