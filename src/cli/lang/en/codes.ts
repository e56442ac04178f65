/**
 * One sentence for each code of the library's errors, in English. The type is the shape that every other language has to fill: a
 * code that a class has and a catalogue lacks does not compile.
 *
 * @module
 */
import type { ClusterError, ClusterTransportError } from '../../../cluster/index.js';
import type { ClusterConfigError, ClusterControlError } from '../../../cluster/internal.js';
import type { AlertError, AuditError, GuardError, HaltError, PolicyError, StateError } from '../../../guard/index.js';
import type { ControlError } from '../../../guard/internal.js';
import type {
  RemoteException,
  RpcCallError,
  RpcOverflowError,
  RpcTransportError,
  RpcUsageError,
} from '../../../rpc/index.js';
import type { DatafeedError, GatewayError, InvalidDataError, SendOrderError } from '../../../vnpy/index.js';
import type { ConsoleError } from '../../../web/index.js';
import { pickleCodes } from './pickle-codes.js';
import type { PickleCodes } from './pickle-codes.js';

/** The classes, by their names. */
interface Errors {
  readonly RpcCallError: RpcCallError;
  readonly RemoteException: RemoteException;
  readonly RpcTransportError: RpcTransportError;
  readonly RpcUsageError: RpcUsageError;
  readonly RpcOverflowError: RpcOverflowError;
  readonly SendOrderError: SendOrderError;
  readonly GatewayError: GatewayError;
  readonly InvalidDataError: InvalidDataError;
  readonly DatafeedError: DatafeedError;
  readonly GuardError: GuardError;
  readonly PolicyError: PolicyError;
  readonly HaltError: HaltError;
  readonly ControlError: ControlError;
  readonly AuditError: AuditError;
  readonly StateError: StateError;
  readonly AlertError: AlertError;
  readonly ClusterError: ClusterError;
  readonly ClusterTransportError: ClusterTransportError;
  readonly ClusterConfigError: ClusterConfigError;
  readonly ClusterControlError: ClusterControlError;
  readonly ConsoleError: ConsoleError;
}

/** A sentence for each code of each class. */
export type CodeTexts = PickleCodes & {
  readonly [Name in keyof Errors]: Readonly<Record<Errors[Name]['code'], string>>;
};

/** By class and code. */
export const codes: CodeTexts = {
  RpcCallError: {
    TIMEOUT: 'No answer came in time.',
    DISCONNECTED: 'There is no connection, or it was lost before the answer.',
    CLOSED: 'The client was stopped, or was never started.',
    ABORTED: 'The call was given up by its caller.',
    QUEUE_FULL: 'Too many calls wait for the connection; this one was not queued.',
    BAD_REPLY: "The server's answer is no answer of vnpy's RPC, or cannot be read.",
  },
  RemoteException: { REMOTE_EXCEPTION: 'The function raised an exception at the server.' },
  RpcTransportError: {
    ZEROMQ_UNAVAILABLE: 'The package zeromq, which this transport needs, cannot be loaded.',
    BAD_ADDRESS: 'The address is no address of ZeroMQ.',
    ADDRESS_IN_USE: 'Another program uses the address.',
    ADDRESS_NOT_AVAILABLE: 'This machine does not have the address.',
    PERMISSION_DENIED: 'The system does not allow the address to this user.',
    MISSING_FOLDER: 'The folder of the address does not exist.',
    UNSUPPORTED: 'The system or the transport cannot do this.',
    BAD_SECURITY: 'The keys or passwords cannot be used.',
    TRANSPORT_FAILED: 'The socket could not be opened.',
  },
  RpcUsageError: {
    BAD_ARGUMENT: 'An argument is not as it must be.',
    BAD_OPTION: 'An option is unknown, or has an impossible value.',
    ALREADY_STARTED: 'It was started before.',
    NOT_STARTED: 'It has not been started.',
    ALREADY_REGISTERED: 'A function of this name is registered.',
  },
  RpcOverflowError: { OVERFLOW: 'More events wait than the limit allows: they come faster than they are read.' },
  SendOrderError: {
    NOT_SENT: 'The order was not sent, and never will be.',
    REFUSED: 'The server did not take the order.',
    UNKNOWN: 'The order may have been placed: ask what became of it before anything else.',
  },
  GatewayError: {
    NOT_CONNECTED: 'There is no connection, or none any more.',
    ALREADY_CONNECTED: 'It is connected.',
    CLOSED: 'The gateway was closed.',
    TIMEOUT: 'What was waited for did not come in time.',
    ABORTED: 'The caller has given up waiting.',
    UNKNOWN_SYMBOL: 'The server has no such contract.',
    ORDER_VANISHED: 'The server had the order, and does not know it any more.',
    TRADES_MISSING: 'The order is as wanted, and its fills have not come.',
    ORDER_UNCERTAIN: 'Whether there is such an order cannot be told, or not yet.',
    UNEXPECTED_REPLY: "The answer is of another kind than vnpy's function returns.",
  },
  InvalidDataError: {
    MISSING_FIELD: 'A field is missing.',
    UNKNOWN_FIELD: 'The class has no such field.',
    WRONG_TYPE: 'A field has a value of another type.',
    OUT_OF_RANGE: 'A value is not within what is possible.',
  },
  DatafeedError: { DATAFEED_ERROR: 'The datafeed server answered with an error.' },
  GuardError: {
    principal: 'The guard does not know who asks.',
    function: 'The policy does not allow this function.',
    shape: 'The arguments are not as the guard can judge them.',
    halt: 'Trading is halted.',
    gateway: 'The policy does not allow this gateway.',
    account: 'The policy does not allow this account.',
    symbol: 'The policy does not allow this contract.',
    product: 'The policy does not allow this class of products.',
    orderType: 'The policy does not allow this type of order.',
    owner: 'The order belongs to somebody else.',
    audit: 'The audit cannot be written, so no order may leave.',
    state: 'What the limit needs to know is missing or too old.',
    clock: 'The clock of this machine has jumped.',
    internal: 'The guard itself failed, and a failure is a refusal.',
    orderVolume: 'The order has more lots than are allowed.',
    orderNotional: 'The order is worth more than is allowed.',
    priceBand: 'The price is too far from the market.',
    messagesPerSecond: 'Too many orders and cancels within a second.',
    ordersPerDay: 'Too many orders on this day.',
    messagesPerDay: 'Too many orders and cancels on this day.',
    cancelsPerDay: 'Too many cancels on this day.',
    openOrders: 'Too many orders are open.',
    positionVolume: 'The position would have more lots than are allowed.',
    closeOnly: 'Only orders that reduce a position are allowed.',
    openVolumePerDay: 'More lots would be opened on this day than are allowed.',
    largeCancels: 'Too many cancels of large orders on this day.',
    selfTrade: 'The order could trade with one of your own.',
    duplicates: 'The same order was sent too often within a short time.',
    refusals: 'Too many requests were refused within a short time.',
    lossPerDay: 'The loss of this day has reached its limit.',
  },
  PolicyError: {
    BAD_POLICY: 'The policy has faults.',
    UNREADABLE_POLICY: 'The policy cannot be read.',
    UNSAFE_POLICY: 'Others could change the policy.',
  },
  HaltError: {
    NOT_ALLOWED: 'Who asks has no right to this, or is whom it stops.',
    UNKNOWN_HALT: 'There is no halt of this id.',
    NO_REASON: 'The reason is missing.',
    HELD: 'Something has to be done first: a file HALT lies there.',
    SECOND_PERSON: 'A second person has to say so.',
    NOT_STORED: 'It could not be written to the disk, so nothing has changed.',
  },
  ControlError: {
    UNREACHABLE: 'No guard answers at the address.',
    UNSAFE: 'Others could reach the control, or something else lies at its address.',
    BAD_REQUEST: 'The guard does not understand the request.',
    REFUSED: 'The guard refused, or could not do it.',
    BAD_ANSWER: 'What answers is no guard.',
    TIMEOUT: 'The guard did not answer in time; what was asked may have happened.',
  },
  AuditError: {
    DOWN: 'The audit cannot be written now, so no order may leave.',
    CLOSED: 'The audit was closed.',
    UNSAFE: 'Others may write the file of the audit, or it is no file.',
    UNREADABLE: 'What lies there is no audit.',
    KEY: 'The key for anchors cannot be used.',
  },
  StateError: {
    LOCKED: 'Another process uses the state.',
    UNSAFE: 'Others could change the state.',
  },
  AlertError: { BAD_OPTION: 'Alerts cannot be sent as they are set up.' },
  ClusterError: {
    EXPIRED: 'It came after its deadline; nothing was done.',
    NOT_ACTIVE: 'The edge does not hold the account; nothing was done.',
    HALTED: 'The account is halted; nothing was done.',
    RECOVERING: 'The edge has just taken the account, and knows too little yet; nothing was done.',
    KEY_REUSED: 'Another order has the key; nothing was done.',
    JOURNAL: 'The order could not be written down first; nothing was done.',
  },
  ClusterTransportError: {
    DISCONNECTED: 'There is no connection to NATS; nothing has left.',
    NO_RESPONDERS: 'Nobody listens there; nothing was done.',
    TIMEOUT: 'NATS did not answer in time; what was asked may have been done.',
    CONFLICT: 'Somebody else was faster; nothing was stored.',
    DENIED: 'The NATS server does not allow it to this user; nothing was done.',
    TOO_LARGE: 'The message is larger than the NATS server takes; nothing has left.',
    NO_STREAM: 'The NATS server has no such stream, or no streams at all.',
    ABORTED: 'It was given up by its caller; whether it was done is not known.',
    CLOSED: 'The connection to NATS was closed; whether it was done is not known.',
    UNSUITABLE: 'The NATS server or its package is missing, too old, or cannot do what is needed.',
    FAILED: 'NATS reports a fault; whether it was done is not known.',
  },
  ClusterConfigError: {
    KEY: 'A text is no key, or one key is used twice.',
    USER: 'A user makes no sense.',
    UNSAFE: 'Whoever reaches a port would be trusted.',
  },
  ClusterControlError: {
    NO_RECORD: 'Nothing is known of the account.',
    NO_SUCH_HALT: 'There is no such halt.',
  },
  ConsoleError: {
    BAD_OPTION: 'An option is unknown, or has an impossible value.',
    NOT_SAFE: 'The console would be open to others without TLS.',
    BAD_USERS: 'The file of users cannot be read, or others may read it.',
    BAD_DATA: "A file of the console's own cannot be read.",
    ADDRESS: 'The console cannot listen at the address.',
  },
  ...pickleCodes,
};
