"""
A gateway to a simulated exchange, written as any vnpy gateway is.

Its callers (vnpy's engines, the RPC thread) only put work into a queue; one thread owns markets, orders and ledger.
"""

import json
import traceback
from collections.abc import Callable
from copy import copy
from datetime import datetime
from pathlib import Path
from queue import Empty, Queue
from threading import Lock, Thread, current_thread
from time import monotonic
from typing import Any, TextIO

from vnpy.event import EventEngine
from vnpy.trader.constant import Direction, Exchange, Offset, OrderType, Status
from vnpy.trader.gateway import BaseGateway
from vnpy.trader.object import (
    BarData,
    CancelRequest,
    HistoryRequest,
    OrderData,
    OrderRequest,
    QuoteData,
    QuoteRequest,
    SubscribeRequest,
    TradeData,
)

from sim_account import Fill, Ledger, Position, RejectedError, WorkingOrder
from sim_history import History
from sim_market import CRYPTO, Instrument, Market, standard_instruments, synthetic_instruments

ORDER_TYPES: set[OrderType] = {OrderType.LIMIT, OrderType.MARKET, OrderType.FAK, OrderType.FOK}

# How far the market may lag behind its rate before it gives up on catching up.
MAX_LAG_SECONDS: float = 0.2


class SimGateway(BaseGateway):
    """
    Simulated exchange and broker.
    """

    default_name: str = "SIM"

    default_setting: dict[str, str | int | float | bool] = {
        "rate": 2.0,                # ticks a second of each subscribed contract; 0: the market stands still
        "seed": 1,
        "contracts": 0,             # synthetic contracts beside the standard ones
        "history_days": 365,
        "journal": "",              # a file for one JSON line for each thing that was really executed
    }

    exchanges: list[Exchange] = [
        Exchange.SHFE, Exchange.CFFEX, Exchange.SSE, Exchange.SZSE, CRYPTO, Exchange.NASDAQ,
        Exchange.DCE, Exchange.CZCE, Exchange.INE, Exchange.GFEX,
    ]

    def __init__(self, event_engine: EventEngine, gateway_name: str) -> None:
        """
        Prepare a gateway that is not connected yet.
        """
        super().__init__(event_engine, gateway_name)

        self.instruments: dict[str, Instrument] = {}
        self.ledger: Ledger = Ledger()
        self.history: History = History({}, 0, 0)

        self._seed: int = 1
        self._rate: float = 0.0
        self._markets: dict[str, Market] = {}
        self._subscribed: set[str] = set()
        self._orders: dict[str, WorkingOrder] = {}
        self._quotes: dict[str, QuoteData] = {}

        self._journal: TextIO | None = None
        self._journal_lock: Lock = Lock()

        # Like a session id of a real broker: the orders of two runs never have the same ids.
        self._session: str = datetime.now().strftime("%y%m%d%H%M%S")
        self._order_count: int = 0
        self._trade_count: int = 0
        self._count_lock: Lock = Lock()

        self._work: Queue[Callable[[], None]] = Queue()
        self._active: bool = False
        self._thread: Thread = Thread(target=self._run, name="SimGateway", daemon=True)

    # What vnpy calls

    def connect(self, setting: dict[str, Any]) -> None:
        """
        Log in: push contracts, positions and accounts, start the market.
        """
        if self._active:
            return
        setting = {**self.default_setting, **setting}
        self._seed = int(setting["seed"])
        self._rate = float(setting["rate"])
        if setting["journal"]:
            self._journal = open(Path(str(setting["journal"])), "a", encoding="utf-8")

        instruments: list[Instrument] = standard_instruments() + synthetic_instruments(int(setting["contracts"]))
        self.instruments = {instrument.vt_symbol: instrument for instrument in instruments}
        self.history = History(self.instruments, self._seed, int(setting["history_days"]))
        for instrument in instruments:
            self.on_contract(instrument.contract(self.gateway_name))

        self.ledger.bring_forward(self.instruments["au2706.SHFE"], Direction.LONG, 2)
        self.ledger.bring_forward(self.instruments["IF2703.CFFEX"], Direction.SHORT, 1)
        self.ledger.bring_forward(self.instruments["600000.SSE"], Direction.LONG, 10)
        self._push_everything()

        self._active = True
        self._thread.start()
        self.write_log(f"connected to the simulated exchange, {len(instruments)} contracts")

    def close(self) -> None:
        """
        Stop the market.
        """
        self._active = False
        self._work.put(lambda: None)
        if self._thread.is_alive() and current_thread() is not self._thread:
            self._thread.join(timeout=0.5)
        with self._journal_lock:
            if self._journal:
                self._journal.close()
                self._journal = None

    def subscribe(self, req: SubscribeRequest) -> None:
        """
        Push ticks of a contract from now on, the first one at once.
        """
        if req.vt_symbol not in self.instruments:
            self.write_log(f"subscription rejected: unknown symbol {req.vt_symbol}")
            return

        def work() -> None:
            self._subscribed.add(req.vt_symbol)
            self.on_tick(self._market(req.vt_symbol).tick(self.gateway_name))

        self._work.put(work)

    def send_order(self, req: OrderRequest) -> str:
        """
        Send an order; the answer of the exchange comes as events. An unknown symbol gives no order id.
        """
        if req.vt_symbol not in self.instruments:
            self._note("order", id="", **_order_record(req), rejected="unknown symbol")
            self.write_log(f"order rejected: unknown symbol {req.vt_symbol}")
            return ""

        with self._count_lock:
            self._order_count += 1
            orderid: str = f"{self._session}{self._order_count:06d}"
        order: OrderData = req.create_order_data(orderid, self.gateway_name)
        order.datetime = datetime.now(self.instruments[req.vt_symbol].zone)
        self._note("order", id=order.vt_orderid, **_order_record(req))
        self.on_order(copy(order))
        self._work.put(lambda: self._insert(order))
        return order.vt_orderid

    def cancel_order(self, req: CancelRequest) -> None:
        """
        Cancel an order.
        """
        self._note(
            "cancel", id=f"{self.gateway_name}.{req.orderid}", orderid=repr(req.orderid), vt_symbol=req.vt_symbol
        )
        self._work.put(lambda: self._cancel(req))

    def send_quote(self, req: QuoteRequest) -> str:
        """
        Send a two-sided quote; it rests until it is cancelled, and is never traded.
        """
        if req.vt_symbol not in self.instruments:
            self.write_log(f"quote rejected: unknown symbol {req.vt_symbol}")
            return ""
        with self._count_lock:
            self._order_count += 1
            quoteid: str = f"{self._session}{self._order_count:06d}"
        quote: QuoteData = req.create_quote_data(quoteid, self.gateway_name)
        quote.datetime = datetime.now(self.instruments[req.vt_symbol].zone)
        quote.status = Status.NOTTRADED

        def work() -> None:
            self._quotes[quoteid] = quote
            self.on_quote(copy(quote))

        self._work.put(work)
        return quote.vt_quoteid

    def cancel_quote(self, req: CancelRequest) -> None:
        """
        Cancel a quote.
        """
        def work() -> None:
            quote: QuoteData | None = self._quotes.pop(req.orderid, None)
            if quote is None:
                self.write_log(f"cancel rejected: no active quote {req.orderid}")
                return
            quote.status = Status.CANCELLED
            self.on_quote(copy(quote))

        self._work.put(work)

    def query_account(self) -> None:
        """
        Push all accounts.
        """
        self._work.put(self._push_everything)

    def query_position(self) -> None:
        """
        Push all positions.
        """
        self._work.put(self._push_everything)

    def query_history(self, req: HistoryRequest) -> list[BarData]:
        """
        Return bars.
        """
        try:
            return self.history.bars(req, self.gateway_name)
        except ValueError as error:
            self.write_log(f"history query failed: {error}")
            return []

    # The exchange: everything below runs in its own thread

    def _run(self) -> None:
        """Do what was put into the queue, and between that step the markets at their rate."""
        period: float = 1 / self._rate if self._rate else 1.0
        next_step: float = monotonic() + period
        next_query: float = monotonic() + 1
        while self._active:
            try:
                work: Callable[[], None] = self._work.get(timeout=max(0.0, min(next_step, next_query) - monotonic()))
                self._do(work)
            except Empty:
                pass

            now: float = monotonic()
            if self._rate and now >= next_step:
                next_step = max(next_step + period, now - MAX_LAG_SECONDS)
                self._do(self._step)
            if now >= next_query:
                next_query = now + 1
                self._do(self._push_everything)

    def _do(self, work: Callable[[], None]) -> None:
        """One piece of work must not end the exchange."""
        try:
            work()
        except Exception:
            self.write_log(f"simulated exchange failed: {traceback.format_exc()}")

    def _market(self, vt_symbol: str) -> Market:
        """The market of an instrument; it opens when someone looks at it."""
        if vt_symbol not in self._markets:
            self._markets[vt_symbol] = Market(self.instruments[vt_symbol], self._seed)
        return self._markets[vt_symbol]

    def _step(self) -> None:
        """Let time pass: prices move, resting orders meet them, ticks go out."""
        resting: dict[str, list[WorkingOrder]] = {}
        for order in self._orders.values():
            resting.setdefault(order.instrument.vt_symbol, []).append(order)

        held: list[str] = [vt_symbol for (vt_symbol, _), position in self.ledger.positions.items() if position.lots]
        for vt_symbol in dict.fromkeys([*self._subscribed, *resting, *held]):
            market: Market = self._market(vt_symbol)
            market.step()
            for order in resting.get(vt_symbol, ()):
                self._match(order, market)
            if vt_symbol in self._subscribed:
                self.on_tick(market.tick(self.gateway_name))

    def _push_everything(self) -> None:
        """Push all positions and accounts: when asked, and once a second as gateways that query in turn do."""
        for position in self.ledger.positions.values():
            self._push_position(position)
        for account in self.ledger.accounts.values():
            self.on_account(account.data(self.gateway_name))

    def _insert(self, data: OrderData) -> None:
        """Take a new order to the market."""
        instrument: Instrument = self.instruments[data.vt_symbol]
        market: Market = self._market(data.vt_symbol)
        try:
            order: WorkingOrder = _check(data, instrument)
            reckoned: int = market.worst(_direction(data)) if order.limit is None else order.limit
            self.ledger.accept(order, reckoned)
        except RejectedError as error:
            data.status = Status.REJECTED
            self._note("rejected", id=data.vt_orderid, reason=str(error))
            self.on_order(copy(data))
            self.write_log(f"order {data.vt_orderid} rejected: {error}")
            return

        data.status = Status.NOTTRADED
        self._orders[data.orderid] = order
        self.on_order(copy(data))

        fill_or_kill: bool = data.type is OrderType.FOK
        if not fill_or_kill or market.available(_direction(data), order.limit) >= order.lots:
            self._match(order, market)
        if order.left and data.type is not OrderType.LIMIT:
            self._end(order, Status.CANCELLED)
        self._push_holdings(order)          # also when nothing was filled: the order holds cash or volume

    def _match(self, order: WorkingOrder, market: Market) -> None:
        """Fill what the book gives now, at the book's prices."""
        fills: list[tuple[int, int]] = market.take(_direction(order.data), order.limit, order.left)
        for ticks, lots in fills:
            self._book(order, Fill(ticks, lots))
        if fills:
            self._push_holdings(order)

    def _cancel(self, req: CancelRequest) -> None:
        """End an order that is still working."""
        order: WorkingOrder | None = self._orders.get(req.orderid)
        if order is None:
            self.write_log(f"cancel rejected: no active order {self.gateway_name}.{req.orderid}")
            return
        self._end(order, Status.CANCELLED)
        self._push_holdings(order)

    def _book(self, order: WorkingOrder, fill: Fill) -> None:
        """One trade: ledger, order event, trade event, in the order in which a broker sends them."""
        self.ledger.fill(order, fill)
        data: OrderData = order.data
        instrument: Instrument = order.instrument
        data.traded = instrument.volume(order.traded)
        data.status = Status.PARTTRADED if order.left else Status.ALLTRADED
        self.on_order(copy(data))

        self._trade_count += 1
        trade: TradeData = TradeData(
            gateway_name=self.gateway_name,
            symbol=data.symbol,
            exchange=data.exchange,
            orderid=data.orderid,
            tradeid=f"{self._session}T{self._trade_count:06d}",
            direction=data.direction,
            offset=data.offset,
            price=instrument.price(fill.ticks),
            volume=instrument.volume(fill.lots),
            datetime=datetime.now(instrument.zone),
        )
        self._note("trade", id=trade.vt_tradeid, order=trade.vt_orderid, price=trade.price, volume=trade.volume)
        self.on_trade(trade)
        if not order.left:
            self.ledger.release(order)
            del self._orders[data.orderid]

    def _end(self, order: WorkingOrder, status: Status) -> None:
        """Take an order off the market with something left."""
        self.ledger.release(order)
        del self._orders[order.data.orderid]
        order.data.status = status
        self.on_order(copy(order.data))

    def _push_holdings(self, order: WorkingOrder) -> None:
        """Push what an order has changed."""
        self._push_position(self.ledger.affected(order))
        self.on_account(self.ledger.accounts[order.instrument.currency].data(self.gateway_name))

    def _push_position(self, position: Position) -> None:
        """Push a position at its present value, unless nothing was ever held."""
        if not position.known:
            return
        market: Market = self._market(position.instrument.vt_symbol)
        self.on_position(position.data(self.gateway_name, position.instrument.price(market.last)))

    def _note(self, event: str, **record: Any) -> None:
        """Write a line into the journal; it is in the file when this returns."""
        with self._journal_lock:
            if self._journal:
                line: dict[str, Any] = {"event": event, "time": datetime.now().timestamp(), **record}
                self._journal.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._journal.flush()


def _check(data: OrderData, instrument: Instrument) -> WorkingOrder:
    """Check an order against the rules of its instrument; raises RejectedError."""
    if data.type not in ORDER_TYPES:
        raise RejectedError(f"order type {data.type.name} is not supported")
    _direction(data)

    lots: int | None = instrument.lots(data.volume)
    if lots is None or lots <= 0:
        raise RejectedError(f"wrong volume step: {data.volume} is not a multiple of {instrument.min_volume}")
    if instrument.max_volume is not None and data.volume > instrument.max_volume:
        raise RejectedError(f"volume {data.volume} is above the maximum {instrument.max_volume}")

    limit: int | None = None
    if data.type is not OrderType.MARKET:
        limit = instrument.ticks(data.price)
        if limit is None or limit <= 0:
            raise RejectedError(f"wrong price step: {data.price} is not a multiple of {instrument.pricetick}")
        day: tuple[int, int] | None = instrument.limit_ticks
        if day and not day[0] <= limit <= day[1]:
            low, high = instrument.price(day[0]), instrument.price(day[1])
            raise RejectedError(f"price {data.price} is outside the day's limits {low} to {high}")

    if instrument.has_offset and data.offset is Offset.NONE:
        raise RejectedError("an offset is needed: OPEN, CLOSE, CLOSETODAY or CLOSEYESTERDAY")
    return WorkingOrder(data, instrument, lots, limit)


def _direction(data: OrderData) -> Direction:
    """Buy or sell; raises RejectedError for anything else."""
    if data.direction not in (Direction.LONG, Direction.SHORT):
        raise RejectedError(f"direction {data.direction.name if data.direction else None} cannot be traded")
    return data.direction


def _order_record(req: OrderRequest) -> dict[str, Any]:
    """An order request for the journal."""
    return {
        "vt_symbol": req.vt_symbol,
        "direction": req.direction.name,
        "offset": req.offset.name,
        "type": req.type.name,
        "price": req.price,
        "volume": req.volume,
        "reference": req.reference,
    }
