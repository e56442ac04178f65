"""
Lets Node.js control the CTA, spread and algo strategies of a vnpy process: its apps and its RpcService stay as they are.

Call `register(main_engine)` after `add_app`. What the functions take and give: docs/vnpy.md, "Control of strategies".
"""

import pickle


def checked(name, work):
    def function(*args):
        result = work(*args)
        pickle.dumps(result)    # here it is an error for the caller; in RpcServer it would end the only thread
        return result

    function.__name__ = name
    return function


def register(main_engine):
    def expose(prefix, engine, methods, **functions):
        functions.update({name: getattr(engine, name) for name in methods.split()})
        for name, work in functions.items():
            main_engine.get_engine("RpcService").server.register(checked(f"{prefix}_{name}", work))

    def expose_strategies(prefix, engine, strategies):
        futures = {}
        expose(
            prefix, engine, "add_strategy start_strategy stop_strategy edit_strategy remove_strategy",
            init_strategy=lambda name: futures.update({name: engine.init_strategy(name)}),
            init_state=lambda name: futures[name].done() and repr(futures[name].exception()),
            strategies=lambda: [strategy.get_data() for strategy in list(strategies.values())],
            classes=lambda: {
                name: engine.get_strategy_class_parameters(name) for name in engine.get_all_strategy_class_names()
            },
        )

    if cta := main_engine.get_engine("CtaStrategy"):
        expose_strategies("cta", cta, cta.strategies)
    if spread := main_engine.get_engine("SpreadTrading"):
        expose_strategies("spread", spread, spread.strategy_engine.strategies)
        expose(
            "spread", spread, "add_spread remove_spread start_algo stop_algo",
            spreads=lambda: [item.get_item() for item in list(spread.data_engine.spreads.values())],
            algos=lambda: [algo.get_item() for algo in list(spread.algo_engine.algos.values())],
        )
    if algo := main_engine.get_engine("AlgoTrading"):
        expose(
            "algo", algo, "start_algo pause_algo resume_algo stop_algo",
            algos=lambda: [item.get_data() for item in list(algo.algos.values())],
            templates=lambda: {name: each.default_setting for name, each in algo.get_algo_template().items()},
        )
