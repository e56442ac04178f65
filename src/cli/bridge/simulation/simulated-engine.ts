/**
 * The simulated market that `serve`, `edge` and `web` have in common, as the options say.
 *
 * @module
 */
import { SimulatedEngine } from '../../../vnpy/index.js';
import type { FeeRate } from '../../../vnpy/index.js';
import { checkFees, checkHolidays } from '../../../vnpy/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError, tell } from '../../kit/errors.js';
import { closeByDay, contracts, fees, holidays, optionChains, seed, sessions } from '../options.js';
import { readContracts } from './contracts-file.js';
import { readJson } from './json-file.js';
import { askContracts, isAddress } from './live-contracts.js';

const GATEWAY_NAME = 'SIM';

/**
 * @throws CliError `FILE` for a file of contracts, holidays or fees that is none. `UNREACHABLE` for a server that does not
 * answer. `USAGE` for holidays of a market that has no days.
 */
export async function simulatedEngine(context: CommandContext): Promise<SimulatedEngine> {
  const { settings, language } = context;
  const [source, holidaysPath, feesPath] = [settings.get(contracts), settings.get(holidays), settings.get(fees)];
  const days = { sessions: settings.get(sessions), closeByDay: settings.get(closeByDay) };
  if (holidaysPath !== undefined && !days.sessions && !days.closeByDay)
    throw new CliError('USAGE', ({ holidaysNeedDays }) => holidaysNeedDays);

  return new SimulatedEngine({
    gatewayName: GATEWAY_NAME,
    seed: settings.get(seed),
    optionChains: settings.get(optionChains),
    language,
    ...days,
    ...(source === undefined
      ? {}
      : await (isAddress(source) ? askContracts(context, source, GATEWAY_NAME) : readContracts(source, GATEWAY_NAME))),
    ...(holidaysPath === undefined
      ? {}
      : { holidays: await readChecked<readonly string[]>(holidaysPath, (given) => checkHolidays('holidays', given)) }),
    ...(feesPath === undefined
      ? {}
      : {
          fees: await readChecked<Readonly<Record<string, FeeRate>>>(feesPath, (given) => checkFees('fees', given)),
        }),
  });
}

/** JSON of a file, which a check passes. */
async function readChecked<Value>(path: string, check: (given: Value) => Value): Promise<Value> {
  const given = await readJson(path);
  try {
    return check(given as Value);
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.file(path, tell(error, texts)), { cause: error });
  }
}
