export { field, plain } from './described.js';
export type { Described } from './described.js';
export { launchPeer, Peer, PeerCommandError, PeerError, pythonOf, repositoryRoot } from './peer.js';
export type { Addresses, PeerExit, PeerOptions, PeerRecord, PeerScript, ReadyInfo, VnpyVersion } from './peer.js';
export { startPeer } from './start-peer.js';
export { vnpyVersions } from './versions.js';
