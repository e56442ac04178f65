/**
 * The functions of a vnpy server.
 *
 * @module
 */

/** What vnpy_rpcservice registers of MainEngine (`vnpy_rpcservice/rpc_service/engine.py`). */
export const VNPY_FUNCTIONS = [
  'subscribe',
  'send_order',
  'cancel_order',
  'query_history',
  'get_tick',
  'get_order',
  'get_trade',
  'get_position',
  'get_account',
  'get_contract',
  'get_all_ticks',
  'get_all_orders',
  'get_all_trades',
  'get_all_positions',
  'get_all_accounts',
  'get_all_contracts',
  'get_all_active_orders',
] as const;
