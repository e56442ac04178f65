/**
 * The simulated market that `serve`, `edge` and `web` have in common, as the options say.
 *
 * @module
 */
import { SimulatedEngine } from '../../../vnpy/index.js';
import type { Settings } from '../../kit/settings.js';
import { contracts, optionChains, seed } from '../options.js';
import { readContracts } from './contracts-file.js';

const GATEWAY_NAME = 'SIM';

/** @throws CliError `FILE` for a file of contracts that is none. */
export async function simulatedEngine(settings: Settings): Promise<SimulatedEngine> {
  const path = settings.get(contracts);
  return new SimulatedEngine({
    gatewayName: GATEWAY_NAME,
    seed: settings.get(seed),
    optionChains: settings.get(optionChains),
    ...(path === undefined ? {} : { contracts: await readContracts(path, GATEWAY_NAME) }),
  });
}
