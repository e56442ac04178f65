/**
 * vnpy's classes and those of its applications, for the codec.
 *
 * @module
 */
import type { ClassRegistry, EnumDefinition } from '../../pickle/index.js';
import type { EnumClass } from '../enums/enum.js';
import { vnpyRegistry } from '../registry.js';
import { APP_CLASSES } from './classes.js';
import { AlgoStatus, StopOrderStatus } from './enums.js';

function enumDefinition(module: string, qualname: string, enumClass: EnumClass): EnumDefinition {
  return {
    kind: 'enum',
    module,
    qualname,
    members: Object.values(enumClass).map((member) => ({ name: member.name, values: member.values, member })),
  };
}

/**
 * All of `vnpyRegistry`, and the classes and enums of vnpy's applications that travel. vnpy_ctastrategy has `StopOrder` and
 * `StopOrderStatus`, vnpy_spreadtrading `SpreadItem` and `AlgoItem`, and vnpy_algotrading `AlgoStatus`.
 *
 * Give it to `RpcGateway`, `RpcClient` or `RpcServer` as `registry`. A Python client without these packages cannot load
 * what is sent with them.
 */
export const appsRegistry: ClassRegistry = vnpyRegistry.with(
  enumDefinition('vnpy_ctastrategy.base', 'StopOrderStatus', StopOrderStatus),
  enumDefinition('vnpy_algotrading.base', 'AlgoStatus', AlgoStatus),
  ...APP_CLASSES,
);
