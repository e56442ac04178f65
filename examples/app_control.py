"""
Lets Node.js control the CTA, spread and algo strategies of a vnpy process: its apps and its RpcService stay as they are.

Call `register(main_engine)` after `add_app`. What the functions take and give: docs/vnpy.md, "Control of strategies".
"""

import pickle


def register(main_engine):
    rpc_server = main_engine.get_engine("RpcService").server

    def expose(name, work):
        def function(*args):
            result = work(*args)
            pickle.dumps(result)    # here it is an error for the caller; in RpcServer it would end the only thread
            return result

        function.__name__ = name
        rpc_server.register(function)

    def expose_strategies(prefix, engine, strategies):
        futures = {}

        def init_state(name):
            """None while it runs, '' when it is done, else what went wrong."""
            error = futures[name].exception() if futures[name].done() else None
            return None if not futures[name].done() else "" if error is None else repr(error)

        def init_strategy(name):
            futures[strategies[name].strategy_name] = engine.init_strategy(name)

        expose(f"{prefix}_init_strategy", init_strategy)
        expose(f"{prefix}_init_state", init_state)
        expose(f"{prefix}_strategies", lambda: [strategy.get_data() for strategy in list(strategies.values())])
        expose(f"{prefix}_classes", lambda: {
            name: engine.get_strategy_class_parameters(name) for name in engine.get_all_strategy_class_names()
        })
        for name in ("add_strategy", "start_strategy", "stop_strategy", "edit_strategy", "remove_strategy"):
            expose(f"{prefix}_{name}", getattr(engine, name))

    if cta := main_engine.get_engine("CtaStrategy"):
        expose_strategies("cta", cta, cta.strategies)
    if spread := main_engine.get_engine("SpreadTrading"):
        expose_strategies("spread", spread, spread.strategy_engine.strategies)
        expose("spread_spreads", lambda: [item.get_item() for item in list(spread.data_engine.spreads.values())])
        expose("spread_algos", lambda: [algo.get_item() for algo in list(spread.algo_engine.algos.values())])
        for name in ("add_spread", "remove_spread", "start_algo", "stop_algo"):
            expose(f"spread_{name}", getattr(spread, name))
    if algo := main_engine.get_engine("AlgoTrading"):
        expose("algo_algos", lambda: [item.get_data() for item in list(algo.algos.values())])
        expose("algo_templates", lambda: {
            name: template.default_setting for name, template in algo.get_algo_template().items()
        })
        for name in ("start_algo", "pause_algo", "resume_algo", "stop_algo"):
            expose(f"algo_{name}", getattr(algo, name))
