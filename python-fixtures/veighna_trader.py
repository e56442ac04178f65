"""
The real VeighNa Trader, clicked through by a script: as a client of a server, or as a server with RpcService.

    python veighna_trader.py client tcp://127.0.0.1:2014 tcp://127.0.0.1:4102 PICTURES
    python veighna_trader.py server tcp://127.0.0.1:2014 tcp://127.0.0.1:4102 PICTURES

It prints lines of JSON, puts pictures into the folder PICTURES, and ends by itself; as a server, when its stdin is closed.
scripts/trader.ts runs it. It needs a screen or Xvfb, and the packages of requirements-trader.txt.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peer_runtime

VT_SYMBOL: str = "rb2705.SHFE"
SIZE: tuple[int, int] = (1440, 810)
# How long a step may wait, in seconds. What it waits for is polled.
PATIENCE: float = 30
POLL_MS: int = 50


class Story:
    """
    Steps on the real window, one after the other, each when what it needs is there.
    """

    def __init__(self, peer: peer_runtime.Peer, pictures: Path, gateways: list[type], apps: list[type]) -> None:
        """
        Open the window as run.py of VeighNa Trader does.
        """
        from PySide6 import QtCore
        from vnpy.event import EventEngine
        from vnpy.trader.engine import MainEngine
        from vnpy.trader.ui import MainWindow, create_qapp

        self.peer: peer_runtime.Peer = peer
        self.pictures: Path = pictures
        self.core: Any = QtCore
        self.app: Any = create_qapp()
        self.engine: MainEngine = MainEngine(EventEngine())
        for gateway in gateways:
            self.engine.add_gateway(gateway)
        for each in apps:
            self.engine.add_app(each)
        self.window: MainWindow = MainWindow(self.engine, self.engine.event_engine)
        self.window.resize(*SIZE)
        self.window.show()

    def run(self, steps: Iterator[tuple[str, Callable[[], Any]]]) -> None:
        """
        Go through the steps: each yields what it waits for, and is gone on with when that is true.
        """
        waiting: list[tuple[str, Callable[[], Any], float]] = []

        def poll() -> None:
            if waiting:
                what, is_there, since = waiting[0]
                if not is_there():
                    if time.monotonic() - since > PATIENCE:
                        self.picture("failed")
                        self.peer.fail(f"waited {PATIENCE:.0f} s for {what}")
                    return
                waiting.clear()
            try:
                what, is_there = next(steps)
            except StopIteration:
                self.peer.end()
            waiting.append((what, is_there, time.monotonic()))

        timer: Any = self.core.QTimer()
        timer.timeout.connect(poll)
        timer.start(POLL_MS)
        self.app.exec()

    def click_menu(self, text: str) -> None:
        """
        Click an entry of the menus. A dialog runs an event loop of its own, so the click comes after this step.
        """
        for menu in self.window.menuBar().actions():
            for action in menu.menu().actions() if menu.menu() else []:
                if action.text() == text:
                    self.core.QTimer.singleShot(0, action.trigger)
                    return
        self.peer.fail(f"VeighNa Trader has no entry {text}")

    def shown(self, name: str) -> Any:
        """
        The window of a class that is shown, by the name of the class.
        """
        return next((w for w in self.app.topLevelWidgets() if type(w).__name__ == name and w.isVisible()), None)

    def picture(self, name: str, widget: Any = None) -> None:
        """
        Write what a window shows, as people see it.
        """
        (widget or self.window).grab().save(str(self.pictures / f"{name}.webp"), "WEBP", 85)


def as_client(story: Story, request: str, subscribe: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """
    Log in to a server, see ticks, send two orders by the form: one is filled, one waits.
    """
    from PySide6.QtWidgets import QPushButton

    engine: Any = story.engine
    story.click_menu("连接RPC")
    yield "the dialog 连接RPC", lambda: story.shown("ConnectDialog")

    dialog: Any = story.shown("ConnectDialog")
    dialog.widgets["主动请求地址"][0].setText(request)
    dialog.widgets["推送订阅地址"][0].setText(subscribe)
    story.picture("veighna-trader-connect", dialog)
    dialog.findChild(QPushButton).click()
    yield "contracts", engine.get_all_contracts

    form: Any = story.window.trading_widget
    symbols: list[str] = [c.vt_symbol for c in engine.get_all_contracts()]
    # The form shows the contract that comes last.
    for symbol in sorted(symbols, key=lambda each: each == VT_SYMBOL):
        name, _, exchange = symbol.rpartition(".")
        form.exchange_combo.setCurrentText(exchange)
        form.symbol_line.setText(name)
        form.set_vt_symbol()
    yield "a tick of each contract", lambda: len(engine.get_all_ticks()) >= len(symbols)

    tick: Any = engine.get_tick(VT_SYMBOL)
    form.offset_combo.setCurrentText("开")
    form.volume_line.setText("2")
    for price in (tick.ask_price_1 + 20, tick.bid_price_1 - 50):
        form.price_line.setText(str(price))
        form.send_order()

    def statuses() -> set[str]:
        return {order.status.name for order in engine.get_all_orders()}

    yield "one order filled and one waiting", lambda: statuses() >= {"ALLTRADED", "NOTTRADED"}
    yield "the position", lambda: any(p.volume == 2 for p in engine.get_all_positions())
    traded: float = sum(trade.volume for trade in engine.get_all_trades())
    story.peer.report({"statuses": sorted(statuses()), "traded": traded, "symbols": symbols})
    # The window shows what the engine has by events of its own.
    shown: Any = story.window.monitors["持仓"]
    yield "the position in the window", lambda: shown.rowCount() > 0
    story.picture("veighna-trader")


def as_server(story: Story, request: str, publish: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """
    Start the RPC service by its window, and show what a client does, until stdin is closed.
    """
    engine: Any = story.engine
    engine.connect({"rate": 5, "seed": 1, "contracts": 0, "history_days": 1, "journal": ""}, "SIM")
    yield "contracts", engine.get_all_contracts

    story.click_menu("RPC服务")
    yield "the window RPC服务", lambda: story.shown("RpcManager")
    service: Any = story.shown("RpcManager")
    service.rep_line.setText(request)
    service.pub_line.setText(publish)
    service.start_button.click()
    yield "the RPC service", lambda: service.stop_button.isEnabled()
    story.peer.ready(request=request, publish=publish)

    is_told: threading.Event = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_told.set()), daemon=True).start()
    started: float = time.monotonic()
    while not is_told.is_set():
        # A client may take longer than a step.
        yield "the end of the client", lambda: is_told.is_set() or time.monotonic() - started > 1
        started = time.monotonic()
    story.picture("veighna-trader-rpcservice", service)
    story.picture("veighna-trader-server")
    story.peer.report({"statuses": sorted({order.status.name for order in engine.get_all_orders()})})


def main() -> None:
    """
    Open VeighNa Trader and go through one of the stories.
    """
    role, request, other, pictures = sys.argv[1:]
    folder: Path = Path(pictures).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    peer: peer_runtime.Peer = peer_runtime.start()
    request, other = (peer_runtime.resolve_address(address) for address in (request, other))
    from vnpy_rpcservice import RpcGateway, RpcServiceApp

    if role == "client":
        story: Story = Story(peer, folder, [RpcGateway], [])
        story.run(as_client(story, request, other))
    else:
        from sim_gateway import SimGateway

        story = Story(peer, folder, [SimGateway], [RpcServiceApp])
        story.run(as_server(story, request, other))


if __name__ == "__main__":
    # The entries of the menus are Chinese, as its users have them.
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        os.environ.pop(variable, None)
    os.environ["LANG"] = "zh_CN.UTF-8"
    main()
