"""Give vnpy's own OffsetConverter a sequence of steps, and print what it converts.

Standard input: JSON {"contracts": [...], "steps": [...]}. Standard output: a JSON list of the requests of each `convert`.
"""

import json
import sys
from typing import Any

from vnpy.trader.constant import Direction, Exchange, Offset, OrderType, Product, Status
from vnpy.trader.converter import OffsetConverter
from vnpy.trader.object import ContractData, OrderData, OrderRequest, PositionData, TradeData

ENUMS = {"exchange": Exchange, "direction": Direction, "offset": Offset, "type": OrderType, "status": Status,
         "product": Product}
CLASSES = {"position": PositionData, "order": OrderData, "trade": TradeData}


def members(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: ENUMS[name][value] if name in ENUMS else value for name, value in fields.items()}


class Oms:
    """What the converter asks of an OmsEngine."""

    def __init__(self, contracts: list[ContractData]) -> None:
        self.contracts = {contract.vt_symbol: contract for contract in contracts}

    def get_contract(self, vt_symbol: str) -> ContractData | None:
        return self.contracts.get(vt_symbol)


def main() -> None:
    given = json.load(sys.stdin)
    converter = OffsetConverter(Oms([ContractData(**members(fields)) for fields in given["contracts"]]))
    converted = []
    for step in given["steps"]:
        kind, fields = step["kind"], members(step["data"])
        if kind == "convert":
            requests = converter.convert_order_request(OrderRequest(**fields), step["lock"], step["net"])
            converted.append([[request.offset.name, request.volume] for request in requests])
        elif kind == "sent":
            converter.update_order_request(OrderRequest(**fields), step["vtOrderid"])
        else:
            getattr(converter, f"update_{kind}")(CLASSES[kind](**fields))
    json.dump(converted, sys.stdout)


main()
