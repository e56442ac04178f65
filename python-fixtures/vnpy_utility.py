"""Give vnpy's own round_to, floor_to, ceil_to and BarGenerator what comes on standard input, and print what they make.

Standard input: JSON {"numbers": [[value, target], ...], "generators": [{"window": 5, "interval": "1m", "daily_end": "14:59",
"ticks": [{...}, ...]}, ...]}. Standard output: JSON with the results of each, in order.
"""

import json
import sys
from datetime import datetime, time
from typing import Any

from vnpy.trader.constant import Exchange, Interval
from vnpy.trader.object import BarData, TickData
from vnpy.trader.utility import BarGenerator, ceil_to, floor_to, round_to


def shown(bar: BarData) -> list[Any]:
    prices = [bar.open_price, bar.high_price, bar.low_price, bar.close_price]
    interval = bar.interval.value if bar.interval else None
    return [bar.vt_symbol, bar.gateway_name, interval, bar.datetime.isoformat(), *prices, bar.volume, bar.turnover,
            bar.open_interest]


def generated(given: dict[str, Any]) -> dict[str, Any]:
    bars: list[Any] = []
    window_bars: list[Any] = []
    hour, minute = map(int, given["daily_end"].split(":"))

    def on_bar(bar: BarData) -> None:
        bars.append(shown(bar))
        generator.update_bar(bar)

    generator = BarGenerator(on_bar, given["window"], lambda bar: window_bars.append(shown(bar)),
                             Interval(given["interval"]), time(hour, minute))
    for fields in given["ticks"]:
        fields["exchange"] = Exchange(fields["exchange"])
        fields["datetime"] = datetime.fromisoformat(fields["datetime"])
        generator.update_tick(TickData(**fields))
    last = generator.generate()
    return {"bars": bars, "window": window_bars, "generated": shown(last) if last else None}


def main() -> None:
    given = json.load(sys.stdin)
    numbers = [[round_to(value, target), floor_to(value, target), ceil_to(value, target)]
               for value, target in given["numbers"]]
    json.dump({"numbers": numbers, "generators": [generated(one) for one in given["generators"]]}, sys.stdout)


main()
