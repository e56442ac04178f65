/**
 * The transport over ZeroMQ's wire protocol in TypeScript: no native code.
 *
 * @module
 */
import { checkAccessRules, checkClientKeys } from '../access.js';
import type { Transport } from '../transport.js';
import { ZmtpClientSockets } from './client-sockets.js';
import { ZmtpServerSockets } from './server-sockets.js';

/** The transport over ZMTP 3 in TypeScript: tcp and ipc addresses. The default. */
export const zmtpTransport: Transport = {
  tellsPeers: true,

  openClient(options) {
    return new Promise((resolve) => {
      checkClientKeys(options.security);
      resolve(new ZmtpClientSockets(options));
    });
  },

  openServer(options) {
    return new Promise((resolve) => {
      checkAccessRules(options);
      resolve(new ZmtpServerSockets(options));
    });
  },
};
