"""
The commands of gateway_client.py, each a call that a Python user of vnpy makes.
"""

import time
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from vnpy.event import EVENT_TIMER, Event, EventEngine
from vnpy.trader import constant, object as objects
from vnpy.trader.engine import MainEngine
from vnpy.trader.gateway import BaseGateway
from vnpy.trader.utility import extract_vt_symbol
from vnpy_rpcservice import RpcGateway

from describe import describe
from drain import EVENT_DRAINED, drain
from peer_runtime import Peer, history_request


class Desk:
    """
    A MainEngine with an RpcGateway, whose events are reported.
    """

    def __init__(self, peer: Peer, request: str, publish: str, reported: bool) -> None:
        """
        Start the engines. Events are always counted; `reported` says whether each is reported, too.
        """
        self._peer: Peer = peer
        self._request: str = request
        self._publish: str = publish
        self._reported: bool = reported
        self._counts: dict[str, int] = {}

        event_engine: EventEngine = EventEngine()
        event_engine.register_general(self._on_event)
        self._engine: MainEngine = MainEngine(event_engine)
        self._gateway: BaseGateway = self._engine.add_gateway(RpcGateway)
        self._scope: dict[str, Any] = {
            "main_engine": self._engine,
            "gateway": self._gateway,
            **vars(objects),
            **vars(constant),
        }

    def commands(self) -> dict[str, Callable[..., Any]]:
        """
        Return the commands by name.
        """
        return {
            "connect": self.connect,
            "subscribe": self.subscribe,
            "send_order": self.send_order,
            "cancel_order": self.cancel_order,
            "query_history": self.query_history,
            "get": self.get,
            "get_all": self.get_all,
            "wait": self.wait,
            "counts": lambda: dict(self._counts),
            "report_events": self.report_events,
            "receiving": self.receiving,
            "eval": lambda code: describe(eval(code, self._scope)),
        }

    def connect(self, request: str = "", publish: str = "") -> None:
        """
        Connect the gateway, to the addresses of the command line unless told otherwise; then the snapshot is in.
        """
        setting: dict[str, str] = {"主动请求地址": request or self._request, "推送订阅地址": publish or self._publish}
        self._engine.connect(setting, self._gateway.gateway_name)
        drain(self._engine.event_engine)

    def subscribe(self, vt_symbol: str) -> None:
        """
        Subscribe ticks.
        """
        symbol, exchange = extract_vt_symbol(vt_symbol)
        self._engine.subscribe(objects.SubscribeRequest(symbol, exchange), self._gateway.gateway_name)

    def send_order(
        self,
        vt_symbol: str,
        direction: str,
        volume: float,
        price: float = 0,
        type: str = "LIMIT",
        offset: str = "NONE",
        reference: str = "",
    ) -> str:
        """
        Send an order, with the names of enum members, and return its vt_orderid.
        """
        symbol, exchange = extract_vt_symbol(vt_symbol)
        request: objects.OrderRequest = objects.OrderRequest(
            symbol=symbol,
            exchange=exchange,
            direction=constant.Direction[direction],
            type=constant.OrderType[type],
            volume=volume,
            price=price,
            offset=constant.Offset[offset],
            reference=reference,
        )
        return self._engine.send_order(request, self._gateway.gateway_name)

    def cancel_order(self, vt_orderid: str) -> None:
        """
        Cancel an order that this engine knows.
        """
        order: objects.OrderData | None = self._engine.get_order(vt_orderid)
        if order is None:
            raise KeyError(f"this engine knows no order {vt_orderid}")
        self._engine.cancel_order(order.create_cancel_request(), self._gateway.gateway_name)

    def query_history(
        self, vt_symbol: str, start: str, end: str | None = None, interval: str = "MINUTE"
    ) -> dict[str, Any]:
        """
        Query bars.
        """
        request: objects.HistoryRequest = history_request(vt_symbol, start, end, interval)
        return describe(self._engine.query_history(request, self._gateway.gateway_name))

    def get(self, kind: str, key: str) -> dict[str, Any]:
        """
        Return what `main_engine.get_<kind>(key)` returns.
        """
        return describe(getattr(self._engine, f"get_{kind}")(key))

    def get_all(self, kind: str) -> dict[str, Any]:
        """
        Return what `main_engine.get_all_<kind>()` returns.
        """
        return describe(getattr(self._engine, f"get_all_{kind}")())

    def wait(self, kind: str, key: str, fields: dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        """
        Wait until `get_<kind>(key)` has these field values; of an enum the member's name counts.
        """
        deadline: float = time.monotonic() + timeout
        while True:
            found: Any = getattr(self._engine, f"get_{kind}")(key)
            if is_dataclass(found) and all(_plain(getattr(found, name)) == value for name, value in fields.items()):
                return describe(found)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{kind} {key} is {found!r} after {timeout} s, not {fields}")
            time.sleep(0.01)

    def report_events(self, on: bool) -> None:
        """
        Switch the reports of events on or off.
        """
        self._reported = on

    def receiving(self) -> bool:
        """
        Return whether the thread lives that receives events.
        """
        thread: Any = self._gateway.client._thread      # type: ignore[attr-defined]
        return thread is not None and thread.is_alive()

    def _on_event(self, event: Event) -> None:
        """Count and report an event."""
        if event.type in (EVENT_TIMER, EVENT_DRAINED):
            return
        self._counts[event.type] = self._counts.get(event.type, 0) + 1
        if self._reported:
            self._peer.report({"event": event.type, "data": describe(event.data)})


def _plain(value: object) -> object:
    """An enum member's name, any other value as it is."""
    return value.name if isinstance(value, Enum) else value
