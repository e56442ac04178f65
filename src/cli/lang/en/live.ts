/**
 * What the commands that show a running market say beside its data, in English: the shape that every other language has to fill.
 *
 * @module
 */

const closed = "the market is closed, or the server's gateway is not connected";
const without = (what: string): string =>
  `the server has no ${what}: its gateway is probably not connected; connect it in the server's program`;

/** Sentences of `watch`, `listen`, `history`, the lists, and of what waits for events. */
export const live = {
  closed,
  noAccount: without('account'),
  noContract: without('contract'),
  noTick:
    'the server has no tick: nobody has subscribed a contract since it was started ' +
    `("vnpy-bridge listen --symbol rb2705.SHFE --ask" does), or ${closed}`,

  // --- the screen of watch
  more: (rows: number): string => `… ${rows} more`,
  unknownContracts: (symbols: string): string => `unknown contract: ${symbols}`,
  unknownContract: (symbol: string): string => `the server does not know the contract ${symbol}`,
  noTickYet: (symbols: string): string => `no tick yet: ${symbols}`,
  nothingHeld: 'no position, no active order: name contracts to see their quotes',
  noAnswerFor: (seconds: number): string => `no answer for ${seconds} s`,
  lastMessage: (seconds: number): string => `last message ${seconds} s ago`,
  quit: 'q ends',
  states: {
    idle: 'idle',
    connecting: 'connecting',
    connected: 'connected',
    disconnected: 'disconnected',
    stopped: 'stopped',
  },

  // --- why nothing comes
  nothingYet: 'connected, and nothing to show yet',
  hangs: 'the server does not answer a call, either: it hangs ("vnpy-bridge doctor" looks closer)',
  leftOut: (types: string): string => `events came that the options leave out: ${types}`,
  emptyTopic: 'vnpy_rpcservice publishes under the empty topic: leave out --topic, and choose with --type',
  whenSomething: (types: string): string =>
    `${types} comes when something happens at the server: an order, a trade, a change`,
  noTickCame: `subscribed, but no tick came: ${closed} ("vnpy-bridge ticks" shows the last ones)`,
  askFor: (how: string): string =>
    `vnpy sends the ticks of a contract only when somebody has subscribed it: ${how} does`,

  // --- what is odd about a type
  noType: (type: string): string => `--type ${type} is no type of event of vnpy's`,
  typesAre: (types: string): string => `; vnpy has ${types}`,
  didYouMean: (name: string): string => `; did you mean ${name}?`,

  // --- what goes wrong on the way
  /** What the library says. */
  said: (text: string): string => text,
  disconnected: (detail: string): string => `disconnected: ${detail}`,
  connectedAgain: 'connected again; events may have been missed',
  lost: (events: number): string => `${events} events were lost: they come faster than they are read`,

  // --- history
  noBars: (why: string): string => `no bars; ${why}`,
  noReason: 'the server logged no reason',
  noLog: 'nobody answers at --subscribe, so its log is not known',
  logged: (message: string): string => `the server logged: ${message}`,
};

/** What every language has to say. */
export type LiveTexts = typeof live;
