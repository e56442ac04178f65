/**
 * The simulated market that `serve`, `edge` and `web` have in common, as the options say.
 *
 * @module
 */
import { SimulatedEngine } from '../../../vnpy/index.js';
import type { FeeRate } from '../../../vnpy/index.js';
import { checkFees } from '../../../vnpy/internal.js';
import { CliError, tell } from '../../kit/errors.js';
import type { Settings } from '../../kit/settings.js';
import { closeByDay, contracts, fees, optionChains, seed, sessions } from '../options.js';
import { readContracts } from './contracts-file.js';
import { readJson } from './json-file.js';

const GATEWAY_NAME = 'SIM';

/** @throws CliError `FILE` for a file of contracts or fees that is none. */
export async function simulatedEngine(settings: Settings): Promise<SimulatedEngine> {
  const [contractsPath, feesPath] = [settings.get(contracts), settings.get(fees)];
  return new SimulatedEngine({
    gatewayName: GATEWAY_NAME,
    seed: settings.get(seed),
    optionChains: settings.get(optionChains),
    sessions: settings.get(sessions),
    closeByDay: settings.get(closeByDay),
    ...(contractsPath === undefined ? {} : { contracts: await readContracts(contractsPath, GATEWAY_NAME) }),
    ...(feesPath === undefined ? {} : { fees: await readFees(feesPath) }),
  });
}

async function readFees(path: string): Promise<Readonly<Record<string, FeeRate>>> {
  const given = await readJson(path);
  try {
    return checkFees('fees', given as Readonly<Record<string, FeeRate>>);
  } catch (error) {
    throw new CliError('FILE', (texts) => texts.file(path, tell(error, texts)), { cause: error });
  }
}
