/**
 * The form of a policy: which members there are, and what each may be. What they mean together is checked in `cross.ts`.
 *
 * @module
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { Buffer } from 'node:buffer';
import { decodeZ85 } from '../../zmtp/internal.js';
import { strangeCharacter } from './characters.js';
import { parseNetwork } from './networks.js';
import { wrongDays, wrongTime } from './times.js';
import { wrongExchange, wrongOrderType, wrongProduct, wrongSymbol } from './vocabulary.js';

/** Longest name and pattern, in characters. */
const LONGEST_NAME = 200;

/** Values of more than a day are a slip of the unit. */
const MAX_SECONDS = 86_400;

const described = <const Schema extends v.GenericSchema>(schema: Schema, text: string) =>
  v.pipe(schema, v.description(text));

/** A text that a function finds right, or says the end of a sentence about. */
const textThat = (wrong: (text: string) => string | undefined) =>
  v.pipe(
    v.string('must be a text'),
    v.nonEmpty('must not be empty'),
    v.maxLength(LONGEST_NAME, `must have at most ${LONGEST_NAME} characters`),
    v.check(
      (text) => wrong(text) === undefined,
      ({ input }) => wrong(input) ?? '',
    ),
  );

const name = textThat(strangeCharacter);
const patternThat = (wrong: (pattern: string) => string | undefined) =>
  textThat((text) => strangeCharacter(text) ?? wrong(text));
const listOf = <const Item extends v.GenericSchema>(item: Item) => v.array(item, 'must be a list, with [ and ]');
const patterns = (text: string, wrong: (pattern: string) => string | undefined = () => undefined) =>
  described(listOf(patternThat(wrong)), text);

const positive = v.pipe(
  v.number('must be a number above 0'),
  v.finite('must be a finite number'),
  v.gtValue(0, 'must be above 0'),
);
const whole = v.pipe(positive, v.integer('must be a whole number'));
const ms = v.pipe(positive, v.maxValue(MAX_SECONDS * 1000, 'must be at most a day, 86400000 ms'));
const share = v.pipe(positive, v.maxValue(1, 'must be at most 1: 0.02 is 2 %'));
const flag = v.boolean('must be true or false');
const choice = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  v.picklist(choices, `must be one of ${choices.map((each) => JSON.stringify(each)).join(', ')}`);

const BOUND = 'must be a number above 0, or false where none is allowed';
const limited = v.pipe(
  v.number(BOUND),
  v.finite('must be a finite number'),
  v.gtValue(0, 'must be above 0: write false where none is allowed, and leave it out for no limit'),
);
const none = v.literal(false, BOUND);
const bound = v.union([limited, none], BOUND);

/** An object that says something. */
const members = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.pipe(
    v.strictObject(entries, 'must be an object'),
    v.check(
      (object) => Object.keys(object).length > 0,
      `is empty: it has the members ${Object.keys(entries).join(', ')}`,
    ),
  );

const COUNTED = 'must be a number above 0, false where none is allowed, or an object of such with total and perSymbol';
const countedEntries = { total: v.exactOptional(bound), perSymbol: v.exactOptional(bound) };
const counted = (text: string) => described(v.union([limited, none, members(countedEntries)], COUNTED), text);

const currency = v.pipe(
  v.string('must be a text'),
  v.regex(/^[A-Z0-9]{2,10}$/, 'must be the name of a currency, CNY for instance'),
);
const then = v.exactOptional(choice(['reduce', 'halt']));

const limits = v.strictObject(
  {
    orderVolume: v.exactOptional(described(bound, 'Lots of one order.')),
    orderNotional: v.exactOptional(
      described(
        v.union([limited, none, v.record(currency, bound, 'must be an object of numbers by currency')], BOUND),
        'Value of one order by currency; a bare number is in CNY.',
      ),
    ),
    priceBand: v.exactOptional(
      described(
        v.union(
          [
            share,
            v.strictObject(
              { aggressive: share, passive: v.exactOptional(positive), ticks: v.exactOptional(positive) },
              'must be an object',
            ),
          ],
          'must be a number above 0, or an object with aggressive',
        ),
        'How far a price may be from the last one: 0.02 is 2 %. A bare number is aggressive.',
      ),
    ),
    messagesPerSecond: v.exactOptional(described(bound, 'Orders and cancels in any second. Cancels are not refused.')),
    ordersPerDay: v.exactOptional(counted('Orders sent in a trading day.')),
    messagesPerDay: v.exactOptional(counted('Orders and cancels sent in a trading day.')),
    cancelsPerDay: v.exactOptional(
      described(
        v.union([limited, none, members({ ...countedEntries, hard: v.exactOptional(flag) })], COUNTED),
        'Cancels sent in a trading day: at it new orders are refused, and with hard cancels too.',
      ),
    ),
    openOrders: v.exactOptional(counted('Orders that may still trade.')),
    positionVolume: v.exactOptional(
      described(
        v.union(
          [
            limited,
            none,
            members({
              ...countedEntries,
              of: v.exactOptional(choice(['own', 'account'])),
              across: v.exactOptional(flag),
            }),
          ],
          COUNTED,
        ),
        'Lots held in the worst case. of: own counts the fills of the principal, account the positions of the account.',
      ),
    ),
    closeOnly: v.exactOptional(described(flag, 'Nothing but what reduces a position.')),
    openVolumePerDay: v.exactOptional(counted('Lots of opening orders sent in a trading day.')),
    largeCancels: v.exactOptional(
      described(
        v.union([limited, none, v.strictObject({ lots: positive, max: bound }, 'must be an object')], BOUND),
        'Cancels a day of orders of at least that many lots; with a bare number, of 300 lots.',
      ),
    ),
    selfTrade: v.exactOptional(
      described(choice(['refuse']), 'Refuse an order that would trade with one of the same account.'),
    ),
    duplicates: v.exactOptional(
      described(
        v.union(
          [whole, v.strictObject({ count: whole, within: v.exactOptional(ms) }, 'must be an object')],
          'must be a whole number above 0, or an object with count and within',
        ),
        'The same order so often within so many ms (1000).',
      ),
    ),
    refusals: v.exactOptional(
      described(
        v.union(
          [whole, v.strictObject({ count: whole, within: v.exactOptional(ms), then }, 'must be an object')],
          'must be a whole number above 0, or an object with count, within and then',
        ),
        'So many refusals within so many ms (60000) halt the principal; then: reduce or halt.',
      ),
    ),
    lossPerDay: v.exactOptional(
      described(
        v.union(
          [positive, v.strictObject({ max: positive, then }, 'must be an object')],
          'must be a number above 0, or an object with max and then',
        ),
        'Loss in a trading day from which on the principal is halted; then: reduce or halt.',
      ),
    ),
  },
  'must be an object of limits',
);

const names = {
  functions: v.exactOptional(patterns('Functions, get_* for instance.')),
  gateways: v.exactOptional(patterns('Names of gateways.')),
  accounts: v.exactOptional(
    patterns('Accounts as GATEWAY.accountid.', (text) =>
      text.includes('.') || text.includes('*')
        ? undefined
        : 'is no account: they are written GATEWAY.accountid, or GATEWAY.*',
    ),
  ),
  symbols: v.exactOptional(patterns('Contracts as symbol.EXCHANGE, *.SHFE for instance.', wrongSymbol)),
  products: v.exactOptional(patterns("Names of vnpy's Product.", wrongProduct)),
  orderTypes: v.exactOptional(patterns("Names of vnpy's OrderType.", wrongOrderType)),
};

const RIGHTS = ['halt', 'resume', 'flatten', 'audit', 'users'] as const;

const role = v.strictObject(
  {
    extends: v.exactOptional(
      described(listOf(name), 'Roles whose functions, rights, denials and limits it has, too. Limits can only narrow.'),
    ),
    ...names,
    deny: v.exactOptional(
      described(v.strictObject(names, 'must be an object'), 'What is never allowed, whatever another role allows.'),
    ),
    future: v.exactOptional(described(flag, 'Patterns of functions hold for names that come later, too.')),
    cancel: v.exactOptional(described(choice(['own', 'all']), 'Whose orders it may cancel. Default: own.')),
    see: v.exactOptional(described(choice(['own', 'all']), 'Whose orders and trades it sees. Default: all.')),
    rights: v.exactOptional(described(listOf(choice(RIGHTS)), 'What more it may do.')),
    limits: v.exactOptional(described(limits, 'Limits of each principal with this role.')),
    warnAt: v.exactOptional(described(share, 'From which part of a limit on a warning is told: 0.8.')),
  },
  'must be an object',
);

const curveKey = textThat((text) =>
  decodeZ85(text)?.length === 32 ? undefined : 'is no CURVE key: a key is Z85 text of 40 characters',
);
const natsKey = textThat((text) =>
  /^U[A-Z2-7]{55}$/.test(text)
    ? undefined
    : "is no public key of a NATS user: one has 56 characters and begins with 'U'",
);
const plainUser = textThat((text) =>
  Buffer.byteLength(text) > 255 ? 'has more than 255 bytes: ZeroMQ takes none' : strangeCharacter(text),
);
const oneOrTwo = <const Item extends v.GenericSchema>(item: Item) =>
  v.union(
    [item, v.pipe(v.array(item), v.minLength(1, 'is empty'), v.maxLength(2, 'may be two keys, not more'))],
    'must be a text, or a list of two',
  );

const principal = v.strictObject(
  {
    roles: described(listOf(name), 'Names of its roles.'),
    curveKey: v.exactOptional(described(oneOrTwo(curveKey), 'Its public key, or two while one replaces the other.')),
    plainUser: v.exactOptional(described(plainUser, 'Its user name of PLAIN.')),
    addresses: v.exactOptional(
      described(
        v.pipe(
          listOf(
            textThat((text) => {
              const network = parseNetwork(text);
              return typeof network === 'string' ? network : undefined;
            }),
          ),
          v.minLength(1, 'is empty: nobody could connect'),
        ),
        'IP addresses and networks that it may come from. Alone, they say who it is.',
      ),
    ),
    webUser: v.exactOptional(described(name, 'Its user name of the web console.')),
    natsKey: v.exactOptional(described(oneOrTwo(natsKey), 'Its public NATS key, or two.')),
    until: v.exactOptional(
      described(v.string('must be a text'), 'When its rights end: 2027-01-01, or 2027-01-01T15:00 (in zone).'),
    ),
    listen: v.exactOptional(
      described(
        v.strictObject(
          {
            request: v.string('must be a text'),
            subscribe: v.string('must be a text'),
            subscribePair: v.exactOptional(v.string('must be a text')),
          },
          'must be an object',
        ),
        'Addresses on which it alone is served: tcp://127.0.0.1:3014.',
      ),
    ),
    cancelOnDisconnect: v.exactOptional(
      described(
        v.pipe(positive, v.maxValue(MAX_SECONDS, 'must be at most a day, 86400 s')),
        'Seconds without a connection after which its orders are cancelled.',
      ),
    ),
  },
  'must be an object',
);

const zone = textThat((text) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return undefined;
  } catch {
    return 'is no time zone that this system knows: one is written Asia/Shanghai';
  }
});
const path = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));

/** The whole of it. */
export const policySchemaOfValibot = v.strictObject(
  {
    $schema: v.exactOptional(described(v.string('must be a text'), 'Where an editor finds the schema.')),
    version: described(v.literal(1, 'must be 1'), 'The version of this format.'),
    zone: v.exactOptional(described(zone, 'The time zone of days and times. Default: Asia/Shanghai.')),
    days: v.exactOptional(
      described(
        listOf(
          v.strictObject(
            {
              exchanges: v.pipe(listOf(patternThat(wrongExchange)), v.minLength(1, 'is empty')),
              starts: textThat(wrongTime),
              on: v.exactOptional(textThat(wrongDays)),
              zone: v.exactOptional(zone),
            },
            'must be an object',
          ),
        ),
        'When trading days begin; the first that names an exchange holds.',
      ),
    ),
    audit: v.exactOptional(
      described(
        v.union(
          [
            path,
            none,
            v.strictObject(
              {
                file: path,
                anchors: v.exactOptional(
                  listOf(
                    textThat((text) =>
                      text === 'log' || /^file:./.test(text) ? undefined : 'must be "log" or "file:" and a path',
                    ),
                  ),
                ),
                key: v.exactOptional(path),
                rotate: v.exactOptional(
                  v.strictObject(
                    { bytes: v.exactOptional(v.pipe(whole, v.minValue(10_000))), day: v.exactOptional(flag) },
                    'must be an object',
                  ),
                ),
              },
              'must be an object',
            ),
          ],
          'must be the path of a file, an object with file, or false for no audit',
        ),
        'Where every decision is written. Without it orders are refused, unless it is false.',
      ),
    ),
    fresh: v.exactOptional(
      described(
        v.strictObject(
          {
            tick: v.exactOptional(ms),
            position: v.exactOptional(ms),
            account: v.exactOptional(ms),
            reference: v.exactOptional(choice(['last', 'preClose'])),
          },
          'must be an object',
        ),
        'How old data may be, in ms.',
      ),
    ),
    contracts: v.exactOptional(
      described(
        listOf(
          v.strictObject(
            {
              match: patternThat(() => undefined),
              inverse: v.exactOptional(flag),
              currency: v.exactOptional(currency),
              notional: v.exactOptional(choice(['price', 'legs'])),
            },
            'must be an object',
          ),
        ),
        "What vnpy's contracts do not tell; the first that matches holds.",
      ),
    ),
    resumeBy: v.exactOptional(
      described(v.picklist([1, 2], 'must be 1 or 2'), 'How many persons have to say that a halt ends. Default: 1.'),
    ),
    accounts: v.exactOptional(
      described(
        v.record(
          v.string(),
          v.strictObject(
            {
              limits: v.exactOptional(limits),
              foreignOrders: v.exactOptional(choice(['count', 'reduce', 'halt'])),
            },
            'must be an object',
          ),
          'must be an object by GATEWAY.accountid',
        ),
        'Limits of accounts, shared by all principals, by GATEWAY.accountid or GATEWAY.*.',
      ),
    ),
    roles: described(v.record(v.string(), role, 'must be an object of roles by name'), 'The roles by name.'),
    principals: described(
      v.record(v.string(), principal, 'must be an object of principals by name'),
      'Who may connect, by name. "local" is this machine, without security.',
    ),
  },
  'must be an object',
);

/** A policy whose form is right. */
export type RawPolicy = v.InferOutput<typeof policySchemaOfValibot>;
/** A role of it. */
export type RawRole = v.InferOutput<typeof role>;
/** A principal of it. */
export type RawPrincipal = v.InferOutput<typeof principal>;
/** Limits of it. */
export type RawLimits = v.InferOutput<typeof limits>;

/** The JSON Schema (draft 7) of a policy, for editors: `"$schema"` in the file names where it lies. */
export function policySchema(): Record<string, unknown> {
  // What JSON Schema cannot say, times and keys for instance, only the guard checks.
  const schema = toJsonSchema(policySchemaOfValibot, { errorMode: 'ignore' });
  return { ...schema, title: 'Policy of the guard of vnpy-bridge' };
}
