/**
 * The tables of docs/options.md, made from the tables of the source and the TSDoc of the interfaces. Each stands between
 * `<!-- options: RpcClientOptions -->` and `<!-- end -->`. The tables of docs/vnpy-bridge.md and of its
 * Chinese twin are made too.
 *
 *   npm run docs:options              writes them, from what was built
 *   npm run docs:options -- --check   ends with 1 where a document differs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = `${ROOT}docs/options.md`;
const PROGRAM_DOCUMENTS = { en: `${ROOT}docs/vnpy-bridge.md`, zh: `${ROOT}docs/vnpy-bridge.zh-CN.md` };

/** Every public options object: its interface and the file of that, its table, and the file of the table where that is another. */
export const DESCRIBED = [
  ['RpcClientOptions', 'rpc/options', 'CLIENT_OPTIONS'],
  ['HeartbeatOptions', 'rpc/options', 'HEARTBEAT_OPTIONS'],
  ['ReconnectOptions', 'rpc/options', 'RECONNECT_OPTIONS'],
  ['ReadyOptions', 'rpc/client', 'READY_OPTIONS'],
  ['CallOptions', 'rpc/call-options', 'CALL_OPTIONS'],
  ['EventStreamOptions', 'rpc/events', 'EVENT_STREAM_OPTIONS', 'rpc/event-hub'],
  ['RpcServerOptions', 'rpc/options', 'SERVER_OPTIONS'],
  ['RegisterOptions', 'rpc/methods', 'REGISTER_OPTIONS'],
  ['PublishAddresses', 'rpc/server-addresses', 'PUBLISH_OPTIONS'],
  ['ListenAddresses', 'rpc/server-addresses', 'LISTEN_OPTIONS'],
  ['PublishOptions', 'rpc/server', 'PUBLISH_EVENT_OPTIONS'],
  ['CurveClientSecurity', 'rpc/security', 'CLIENT_SECURITY.curve'],
  ['PlainClientSecurity', 'rpc/security', 'CLIENT_SECURITY.plain'],
  ['CurveServerSecurity', 'rpc/security', 'SERVER_SECURITY.curve'],
  ['PlainServerSecurity', 'rpc/security', 'SERVER_SECURITY.plain'],
  ['RpcGatewayOptions', 'vnpy/gateway/types', 'GATEWAY_OPTIONS', 'vnpy/gateway/options'],
  ['GatewayTimeouts', 'vnpy/gateway/types', 'TIMEOUTS', 'vnpy/gateway/options'],
  ['RequestOptions', 'vnpy/gateway/types', 'REQUEST_OPTIONS', 'vnpy/gateway/options'],
  ['WaitOptions', 'vnpy/gateway/order-waiters', 'WAIT_OPTIONS'],
  ['DataStreamOptions', 'vnpy/gateway/types', 'STREAM_OPTIONS', 'vnpy/gateway/options'],
  ['TickStreamOptions', 'vnpy/gateway/types', 'TICK_STREAM_OPTIONS', 'vnpy/gateway/options'],
  ['NextOptions', 'vnpy/gateway/types', 'NEXT_OPTIONS', 'vnpy/gateway/options'],
  ['RpcServiceOptions', 'vnpy/service', 'SERVICE_OPTIONS'],
  ['RpcDatafeedOptions', 'vnpy/datafeed', 'DATAFEED_OPTIONS'],
  ['DatafeedServerOptions', 'vnpy/datafeed-server', 'DATAFEED_SERVER_OPTIONS'],
  ['ControlOptions', 'vnpy/apps/control/app', 'CONTROL_OPTIONS'],
  ['BarGeneratorOptions', 'vnpy/bar-generator', 'BAR_OPTIONS'],
  ['ConvertOptions', 'vnpy/offset-converter', 'CONVERT_OPTIONS'],
  ['ConsoleOptions', 'web/options', 'CONSOLE_OPTIONS'],
  ['ClusterPlace', 'cluster/options', 'CLUSTER_PLACE_OPTIONS'],
  ['ClusterGatewayOptions', 'cluster/options', 'CLUSTER_GATEWAY_OPTIONS'],
  ['EdgeOptions', 'cluster/options', 'EDGE_OPTIONS'],
  ['ClusterEdgesOptions', 'cluster/client/listing', 'CLUSTER_EDGES_OPTIONS'],
  ['SimulatedEngineOptions', 'vnpy/simulation/options', 'SIMULATION_OPTIONS'],
  ['GuardOptions', 'guard/options', 'GUARD_OPTIONS'],
  ['AlertSenderOptions', 'guard/alert/options', 'ALERT_SENDER_OPTIONS'],
  ['AlertWebhook', 'guard/alert/options', 'ALERT_WEBHOOK_OPTIONS'],
  ['NatsOptions', 'cluster/transport/nats-options', 'NATS_OPTIONS'],
  ['NatsTlsOptions', 'cluster/transport/nats-options', 'NATS_TLS'],
  ['LoadsOptions', 'pickle/classes/options', 'LOADS_OPTIONS'],
  ['DumpsOptions', 'pickle/classes/options', 'DUMPS_OPTIONS'],
  ['TokensOptions', 'pickle/wire/tokens', 'TOKENS_OPTIONS'],
  ['DisassembleOptions', 'pickle/wire/disassemble', 'DISASSEMBLE_OPTIONS'],
];

/**
 * The options that each interface of {@link DESCRIBED} has of its own: name, row of the table, TSDoc on one line.
 *
 * @param load - imports a file of the source, given without its ending.
 */
export function describedOptions(load) {
  return Promise.all(
    DESCRIBED.map(async ([type, file, path, tableFile = file]) => {
      const table = path.split('.').reduce((value, name) => value[name], await load(tableFile));
      const comments = commentsOf(file, type);
      return { type, options: [...comments].map(([name, tsdoc]) => ({ name, row: table.rows[name], tsdoc })) };
    }),
  );
}

/** The table of the options of `pickle-inspect`, from its declared commands. */
export async function programTable(load) {
  const [{ PICKLE_INSPECT }, { optionsMarkdown }] = [await load('cli/inspect/app'), await load('cli/kit/option-rows')];
  return optionsMarkdown(PICKLE_INSPECT);
}

/** What an option is for: the first sentence of its TSDoc. */
export function purposeOf(tsdoc) {
  return /^.*?[.](?=\s|$)/.exec(tsdoc)?.[0] ?? tsdoc;
}

/** How a default is written. */
export function writtenDefault(value) {
  if (typeof value !== 'number') return typeof value === 'string' ? `\`'${value}'\`` : `\`${value}\``;

  for (const [unit, size] of Object.entries({ GiB: 2 ** 30, MiB: 2 ** 20 }))
    if (value >= size && value % size === 0) return `${value / size} ${unit}`;

  return value.toLocaleString('en');
}

/** The document with its tables as they should be. */
export async function withTables(document, described, program) {
  const text = document.replaceAll(/(?<=<!-- options: ([\w-]+) -->\n)[^]*?(?=<!-- end -->)/g, (_, name) => {
    if (name === 'pickle-inspect') return `\n${program}\n\n`;

    const found = described.find(({ type }) => type === name);
    if (found === undefined) throw new Error(`there is no options object ${name} in scripts/option-tables.mjs`);
    const lines = found.options.map(({ name: option, row, tsdoc }) =>
      [`\`${option}\``, linked(row.kind, described), defaultOf(row, tsdoc), purposeOf(tsdoc)].map(escaped),
    );
    const cells = [['option', 'takes', 'default', 'what it is for'], ['-', '-', '-', '-'], ...lines];
    return `\n${cells.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n\n`;
  });
  return format(text, { ...(await resolveConfig(DOCUMENT)), parser: 'markdown' });
}

function defaultOf({ default: value, isRequired }, tsdoc) {
  if (isRequired) return 'required';

  if (value !== undefined && typeof value !== 'object') return writtenDefault(value);

  // The words of the TSDoc, where there is no value to write.
  return /\bDefault:? (.*?)(?:[.;](?=\s|$)|$)/.exec(tsdoc)?.[1] ?? '';
}

function linked(kind, described) {
  return kind.replaceAll(/`(\w+)`/g, (code, name) =>
    described.some(({ type }) => type === name) ? `[${code}](#${name.toLowerCase()})` : code,
  );
}

function escaped(cell) {
  return cell.replaceAll('|', '\\|');
}

/** The comments of an interface's members, each on one line, by name. */
function commentsOf(file, type) {
  const path = `${ROOT}src/${file}.ts`;
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = source.statements.find((each) => ts.isInterfaceDeclaration(each) && each.name.text === type);
  if (found === undefined) throw new Error(`src/${file}.ts has no interface ${type}`);
  return new Map(
    found.members.map((member) => {
      const comments = ts.getJSDocCommentsAndTags(member).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
      const text = comments.join(' ').replaceAll(/\s+/g, ' ');
      return [member.name.getText(source), text.replaceAll(/\{@link (.*?)\}/g, '`$1`')];
    }),
  );
}

/** The program's own document in a language, with its table between the markers. */
async function withProgramTable(document, load, language) {
  const [{ VNPY_BRIDGE }, { optionsMarkdown }] = [await load('cli/bridge/app'), await load('cli/kit/option-rows')];
  const { words, option } = await (await load('cli/kit/help-texts')).helpIn(VNPY_BRIDGE, language);
  const table = optionsMarkdown(VNPY_BRIDGE, words, option);
  const text = document.replace(/(?<=<!-- options -->\n)[^]*?(?=<!-- \/options -->)/, () => `\n${table}\n\n`);
  return format(text, { ...(await resolveConfig(PROGRAM_DOCUMENTS[language])), parser: 'markdown' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const load = (file) => import(`../build/esm/${file}.js`);
  const described = await describedOptions(load);
  const table = await programTable(load);
  for (const [path, write] of [
    [DOCUMENT, (text) => withTables(text, described, table)],
    ...Object.entries(PROGRAM_DOCUMENTS).map(([language, path]) => [
      path,
      (text) => withProgramTable(text, load, language),
    ]),
  ]) {
    const document = readFileSync(path, 'utf8');
    const expected = await write(document);
    if (!values.check) writeFileSync(path, expected);
    else if (document !== expected) {
      console.error(`${path} is not what the source says: npm run build, npm run docs:options, and commit it.`);
      process.exitCode = 1;
    }
  }
}
