/**
 * The work of `vnpy-bridge guard check`, `explain` and `schema`.
 *
 * @module
 */
import { PolicyError } from '../../../guard/index.js';
import type { Policy } from '../../../guard/index.js';
import { explain, PolicyFile, policySchema, policyWarnings } from '../../../guard/internal.js';
import type { Explanation } from '../../../guard/internal.js';
import { CancelRequest, OrderRequest } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { parseArgument, parseKeywords } from '../arguments/arguments.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json, kwargs, principal } from '../options.js';

/** Checks a policy. */
export async function checkPolicy({ args: [file = ''], settings, io }: CommandContext): Promise<ExitCode> {
  const warnings: string[] = [];
  try {
    const policy = await read(file, warnings);
    warnings.push(...policyWarnings(policy));
    const { roles, principals } = policy;
    await io.stdout.write(
      settings.get(json)
        ? `${JSON.stringify({ ok: true, hash: policy.hash, roles: [...roles.keys()], principals: [...principals.keys()], warnings })}\n`
        : [
            ...warnings.map((warning) => `warning: ${warning}`),
            `${file} holds: ${roles.size} roles, ${principals.size} principals`,
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
        : `${issues.map(({ line, path, message }) => `${file}:${line ?? 1}: ${path === '' ? '' : `${path}: `}${message}`).join('\n')}\n`,
    );
    return EXIT.usage;
  }
}

/** Explains a decision. */
export async function explainPolicy({
  args: [file = '', name = '', ...texts],
  settings,
  io,
}: CommandContext): Promise<ExitCode> {
  const who = settings.get(principal);
  if (who === undefined) throw new CliError('USAGE', 'say for whom: --principal NAME');
  const policy = await read(file, []);
  if (!policy.principals.has(who)) {
    const known = [...policy.principals.keys()].join(', ');
    throw new CliError('USAGE', `${file} has no principal ${JSON.stringify(who)}; it has ${known}`);
  }
  const keywords = settings.get(kwargs);
  const named = keywords === undefined ? {} : parseKeywords(keywords);
  const explanation = explainCall(policy, who, name, { values: texts.map(parseArgument), named });
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(explanation)}\n` : rendered(explanation));
  return explanation.verdict === 'allowed' ? EXIT.ok : EXIT.refused;
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

function explainCall(policy: Policy, who: string, name: string, { values, named }: Given): Explanation {
  const request = values[0] ?? named['req'];
  const second = values[1] ?? named['gateway_name'];
  const gateway = typeof second === 'string' ? second : '';
  if (request instanceof OrderRequest) {
    const { vt_symbol, type, volume } = request;
    return explain(
      policy,
      who,
      { function: name, order: { gateway, vt_symbol, product: undefined, orderType: type.name } },
      ({ limits: { orderVolume } }) =>
        orderVolume === undefined
          ? []
          : [
              {
                rule: 'orderVolume',
                outcome: orderVolume !== false && volume <= orderVolume ? 'allowed' : 'refused',
                text: `order volume ${volume}, limit ${orderVolume === false ? 'none allowed' : orderVolume}`,
              },
            ],
    );
  }
  if (request instanceof CancelRequest) {
    const { vt_symbol } = request;
    return explain(policy, who, { function: name, cancel: { owner: undefined, gateway, vt_symbol } });
  }
  return explain(policy, who, { function: name });
}

function rendered({ verdict, refusal, steps }: Explanation): string {
  return [
    refusal === undefined ? verdict : `${verdict}: [${refusal.rule}] ${refusal.reason}`,
    ...steps.map(({ rule, outcome, text }) => `  ${outcome.padEnd(8)} ${rule.padEnd(12)} ${text}`),
    '',
  ].join('\n');
}
