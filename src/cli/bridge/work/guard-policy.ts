/**
 * The work of `vnpy-bridge guard check`, `explain` and `schema`.
 *
 * @module
 */
import { userInfo } from 'node:os';
import { PolicyError } from '../../../guard/index.js';
import type { ExplainedCall, Explanation, Policy } from '../../../guard/index.js';
import { controlRequest, explainByPolicy, PolicyFile, policySchema, policyWarnings } from '../../../guard/internal.js';
import type { PlainFields } from '../../../guard/internal.js';
import { CancelRequest, isEnumMember, OrderRequest } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { padRight } from '../../kit/text/style.js';
import type { ClusterTexts } from '../../lang/en/cluster.js';
import { textsOf } from '../../lang/texts.js';
import { parseArgument, parseKeywords } from '../arguments/arguments.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { guardControl, json, kwargs, principal } from '../options.js';

/** Checks a policy. */
export async function checkPolicy({ args: [file = ''], settings, io, language }: CommandContext): Promise<ExitCode> {
  const warnings: string[] = [];
  const texts = await textsOf('cluster', language);
  try {
    const policy = await read(file, warnings);
    warnings.push(...policyWarnings(policy));
    const { roles, principals } = policy;
    await io.stdout.write(
      settings.get(json)
        ? `${JSON.stringify({ ok: true, hash: policy.hash, roles: [...roles.keys()], principals: [...principals.keys()], warnings })}\n`
        : [
            ...warnings.map((text) => texts.warning(texts.said(text))),
            texts.holds(file, roles.size, principals.size),
            '',
          ].join('\n'),
    );
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof PolicyError) || error.issues.length === 0) throw error;
    const { issues } = error;
    await io.stdout.write(
      settings.get(json)
        ? `${JSON.stringify({ ok: false, issues, warnings })}\n`
        : `${issues.map(({ line, path, message }) => `${file}:${line ?? 1}: ${path === '' ? '' : `${path}: `}${texts.said(message)}`).join('\n')}\n`,
    );
    return EXIT.usage;
  }
}

/** Explains a decision: a running guard with the state that it has, or a policy alone. */
export async function explainPolicy(context: CommandContext): Promise<ExitCode> {
  const {
    args: [file = '', name = '', ...texts],
    settings,
    io,
  } = context;
  const who = settings.get(principal);
  if (who === undefined) throw new CliError('USAGE', ({ sayPrincipal }) => sayPrincipal);
  const keywords = settings.get(kwargs);
  const named = keywords === undefined ? {} : parseKeywords(keywords);
  const call = callOf(name, { values: texts.map(parseArgument), named });
  const control = settings.get(guardControl);
  const explanation = control === undefined ? await byPolicy(file, who, call) : await byGuard(control, who, call);
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify(explanation)}\n`
      : rendered(explanation, await textsOf('cluster', context.language)),
  );
  return explanation.verdict === 'allowed' ? EXIT.ok : EXIT.refused;
}

async function byPolicy(file: string, who: string, call: ExplainedCall): Promise<Explanation> {
  const policy = await read(file, []);
  if (!policy.principals.has(who)) {
    const known = [...policy.principals.keys()].join(', ');
    throw new CliError('USAGE', (texts) => texts.noPrincipal(file, JSON.stringify(who), known));
  }
  return explainByPolicy(policy, who, call);
}

async function byGuard(
  address: string,
  who: string,
  { function: name, gatewayName: gateway, order, cancel }: ExplainedCall,
): Promise<Explanation> {
  const request = {
    ...{ command: 'explain' as const, who: userInfo().username, principal: who, function: name },
    ...{ gateway: gateway === '' ? undefined : gateway, order: plain(order), cancel: plain(cancel) },
  };
  return (await controlRequest(address, request)) as Explanation;
}

/** A request of vnpy's as the control takes it: members of enums by their names. */
function plain(request: object | undefined): PlainFields | undefined {
  if (request === undefined) return undefined;
  const entries = Object.entries(request).map(([name, value]: [string, unknown]) => [
    name,
    isEnumMember(value) ? value.name : value,
  ]);
  return Object.fromEntries(entries) as PlainFields;
}

/** Prints the schema. */
export async function printSchema({ io }: CommandContext): Promise<ExitCode> {
  await io.stdout.write(`${JSON.stringify(policySchema(), undefined, 2)}\n`);
  return EXIT.ok;
}

async function read(file: string, warnings: string[]): Promise<Policy> {
  const opened = await PolicyFile.open(file, {
    watch: false,
    onWarning: (warning) => {
      warnings.push(warning);
    },
  });
  await opened.close();
  return opened.policy;
}

interface Given {
  readonly values: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

/** A call as it is explained. */
function callOf(name: string, { values, named }: Given): ExplainedCall {
  const request = values[0] ?? named['req'];
  const second = values[1] ?? named['gateway_name'];
  const gatewayName = typeof second === 'string' ? second : '';
  if (request instanceof OrderRequest) return { function: name, order: request, gatewayName };
  if (request instanceof CancelRequest) return { function: name, cancel: request, gatewayName };
  return { function: name };
}

function rendered({ verdict, refusal, steps }: Explanation, texts: ClusterTexts): string {
  const said = texts.verdicts[verdict];
  const decides = steps.findIndex(({ outcome, rule, text }) => {
    return outcome === 'refused' && rule === refusal?.rule && text === refusal.reason;
  });
  return [
    refusal === undefined ? said : texts.decided(said, refusal.rule, refusal.reason),
    ...steps.map(({ rule, outcome, text, scope, limit, value }, index) => {
      const numbers =
        limit === undefined || text.includes(String(limit)) ? '' : texts.of(String(value ?? '?'), String(limit));
      const whose = scope === undefined ? '' : texts.said(`${scope.kind} ${scope.name}`);
      return `${index === decides ? '>' : ' '} ${padRight(texts.outcomes[outcome], 8)} ${rule.padEnd(18)} ${padRight(whose, 18)} ${texts.said(text)}${numbers}`;
    }),
    '',
  ].join('\n');
}
