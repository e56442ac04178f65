"""
The simulated broker's ledger: cash by currency, positions, and what working orders hold back of both.
"""

from dataclasses import dataclass
from typing import NamedTuple

from vnpy.trader.constant import Direction, Exchange, Offset
from vnpy.trader.object import AccountData, OrderData, PositionData

from sim_market import Instrument

# Exchanges where CLOSE means what was held overnight; elsewhere it takes today's volume first. vnpy's converter agrees.
CLOSE_MEANS_YESTERDAY: set[Exchange] = {Exchange.SHFE, Exchange.INE}

INITIAL_CASH: dict[str, float] = {"CNY": 10_000_000.0, "USD": 100_000.0, "USDT": 100_000.0}


class RejectedError(Exception):
    """
    An order that the broker does not accept, with the reason.
    """


class Fill(NamedTuple):
    """
    One trade of an order.
    """

    ticks: int
    lots: int


@dataclass
class WorkingOrder:
    """
    An order that the exchange knows, and what it holds back.
    """

    data: OrderData
    instrument: Instrument
    lots: int
    limit: int | None                   # in ticks; None for a market order
    traded: int = 0
    cash: float = 0.0                   # held back for the lots that open a position and are not traded yet
    opening: int = 0                    # those lots
    closing_today: int = 0              # lots still to be closed, of today's volume
    closing_yesterday: int = 0          # and of the volume held overnight

    @property
    def left(self) -> int:
        """Lots not traded yet."""
        return self.lots - self.traded

    @property
    def buying(self) -> bool:
        """Whether the order buys."""
        return self.data.direction is Direction.LONG


@dataclass
class Account:
    """
    The cash of one currency.
    """

    currency: str
    balance: float
    margin: float = 0.0                 # bound by positions
    held: float = 0.0                   # bound by working orders

    @property
    def available(self) -> float:
        """What a new order may use."""
        return self.balance - self.margin - self.held

    def data(self, gateway_name: str) -> AccountData:
        """vnpy's account."""
        return AccountData(
            gateway_name=gateway_name,
            accountid=self.currency,
            balance=round(self.balance, 8),
            frozen=round(self.margin + self.held, 8),
        )


@dataclass
class Position:
    """
    What is held of one instrument in one direction; of a net position the lots are negative when short.
    """

    instrument: Instrument
    direction: Direction
    lots: int = 0
    yesterday: int = 0
    held_today: int = 0                 # lots that working orders are about to close
    held_yesterday: int = 0
    price: float = 0.0                  # average price of the lots, in vnpy's unit
    margin: float = 0.0
    known: bool = False                 # whether there ever was anything: an order alone makes no position

    @property
    def short(self) -> bool:
        """Whether a rising price loses."""
        return self.lots < 0 or self.direction is Direction.SHORT

    def pnl(self, price: float, lots: int) -> float:
        """Profit of some of the lots at a price."""
        gain: float = (price - self.price) * self.instrument.volume(abs(lots)) * self.instrument.size
        return -gain if self.short else gain

    def data(self, gateway_name: str, last: float) -> PositionData:
        """vnpy's position."""
        return PositionData(
            gateway_name=gateway_name,
            symbol=self.instrument.symbol,
            exchange=self.instrument.exchange,
            direction=self.direction,
            volume=self.instrument.volume(self.lots),
            frozen=self.instrument.volume(self.held_today + self.held_yesterday),
            price=round(self.price, 8),
            pnl=round(self.pnl(last, self.lots), 8),
            yd_volume=self.instrument.volume(self.yesterday),
        )


class Ledger:
    """
    All accounts and positions. Accepting an order holds back what it needs, a fill books it, a release gives it back.
    """

    def __init__(self) -> None:
        """
        Open the accounts.
        """
        self.accounts: dict[str, Account] = {name: Account(name, cash) for name, cash in INITIAL_CASH.items()}
        self.positions: dict[tuple[str, Direction], Position] = {}

    def position(self, instrument: Instrument, direction: Direction) -> Position:
        """
        Return the position, an empty one if there was none.
        """
        key: tuple[str, Direction] = (instrument.vt_symbol, direction)
        if key not in self.positions:
            self.positions[key] = Position(instrument, direction)
        return self.positions[key]

    def bring_forward(self, instrument: Instrument, direction: Direction, lots: int) -> None:
        """
        Start the day with a position that was opened earlier at the base price.
        """
        position: Position = self.position(instrument, direction)
        self._open(position, lots, instrument.price(instrument.base_ticks))
        position.yesterday = lots

    def affected(self, order: WorkingOrder) -> Position:
        """
        Return the position that an order opens or closes.
        """
        direction: Direction = Direction.LONG if order.buying else Direction.SHORT
        if order.instrument.net_position:
            return self.position(order.instrument, Direction.NET)
        if not order.instrument.has_offset:
            return self.position(order.instrument, Direction.LONG)
        if order.data.offset is Offset.OPEN:
            return self.position(order.instrument, direction)
        return self.position(order.instrument, Direction.SHORT if order.buying else Direction.LONG)

    def accept(self, order: WorkingOrder, ticks: int) -> None:
        """
        Hold back what the order needs, with `ticks` as the price to reckon with; raises RejectedError.
        """
        position: Position = self.affected(order)
        if order.instrument.net_position:
            against: bool = position.lots > 0 if not order.buying else position.lots < 0
            closable: int = abs(position.lots) - position.held_today if against else 0
            order.closing_today = min(order.lots, closable)
        elif self._closes(order):
            order.closing_today, order.closing_yesterday = self._split(order, position)
        order.opening = order.lots - order.closing_today - order.closing_yesterday

        account: Account = self.accounts[order.instrument.currency]
        needed: float = self._cost(order.instrument, ticks, order.opening)
        if needed > account.available:
            raise RejectedError(
                f"insufficient cash: needs {needed:.2f} {account.currency}, available {account.available:.2f}"
            )
        order.cash = needed
        account.held += needed
        position.held_today += order.closing_today
        position.held_yesterday += order.closing_yesterday

    def fill(self, order: WorkingOrder, fill: Fill) -> None:
        """
        Book one trade of an order: closing lots first, then opening ones.
        """
        instrument: Instrument = order.instrument
        position: Position = self.affected(order)
        account: Account = self.accounts[instrument.currency]
        price: float = instrument.price(fill.ticks)
        order.traded += fill.lots

        today: int = min(order.closing_today, fill.lots)
        yesterday: int = min(order.closing_yesterday, fill.lots - today)
        opening: int = fill.lots - today - yesterday
        order.closing_today -= today
        order.closing_yesterday -= yesterday
        position.held_today -= today
        position.held_yesterday -= yesterday
        position.yesterday -= yesterday
        if opening:
            released: float = order.cash * opening / order.opening
            order.cash -= released
            order.opening -= opening
            account.held = max(0.0, account.held - released)

        if instrument.net_position:
            self._change_net(position, fill.lots if order.buying else -fill.lots, price)
        else:
            if today + yesterday:
                self._close(position, today + yesterday, price)
            if opening:
                self._open(position, opening, price)
        account.balance -= price * instrument.volume(fill.lots) * instrument.size * instrument.commission_rate

    def release(self, order: WorkingOrder) -> None:
        """
        Give back what an order that ends still holds.
        """
        account: Account = self.accounts[order.instrument.currency]
        account.held = max(0.0, account.held - order.cash)
        position: Position = self.affected(order)
        position.held_today -= order.closing_today
        position.held_yesterday -= order.closing_yesterday
        order.cash = 0.0
        order.opening = order.closing_today = order.closing_yesterday = 0

    @staticmethod
    def _closes(order: WorkingOrder) -> bool:
        """Whether an order of a contract that is not netted closes."""
        if order.instrument.has_offset:
            return order.data.offset is not Offset.OPEN
        return not order.buying

    @staticmethod
    def _split(order: WorkingOrder, position: Position) -> tuple[int, int]:
        """How many lots of today and of yesterday an order closes."""
        today: int = position.lots - position.yesterday - position.held_today
        yesterday: int = position.yesterday - position.held_yesterday
        offset: Offset = order.data.offset
        if not order.instrument.has_offset:
            offset = Offset.CLOSE
        elif offset is Offset.CLOSE and order.instrument.exchange in CLOSE_MEANS_YESTERDAY:
            offset = Offset.CLOSEYESTERDAY

        if offset is Offset.CLOSETODAY:
            yesterday = 0
        elif offset is Offset.CLOSEYESTERDAY:
            today = 0
        if order.lots > today + yesterday:
            volume = order.instrument.volume
            raise RejectedError(
                f"closing more than held: {volume(order.lots)} of {order.instrument.vt_symbol} "
                f"{position.direction.name} with {offset.name}, {volume(today + yesterday)} can be closed"
            )
        return min(order.lots, today), max(0, order.lots - today)

    @staticmethod
    def _cost(instrument: Instrument, ticks: int, lots: int) -> float:
        """Margin and commission for opening so many lots."""
        notional: float = instrument.price(ticks) * instrument.volume(lots) * instrument.size
        return notional * (instrument.margin_rate + instrument.commission_rate)

    def _open(self, position: Position, lots: int, price: float) -> None:
        """Add lots to a position; `lots` has the sign of the position."""
        instrument: Instrument = position.instrument
        margin: float = price * instrument.volume(abs(lots)) * instrument.size * instrument.margin_rate
        position.price = (position.price * position.lots + price * lots) / (position.lots + lots)
        position.lots += lots
        position.margin += margin
        position.known = True
        self.accounts[instrument.currency].margin += margin

    def _change_net(self, position: Position, lots: int, price: float) -> None:
        """Change a net position, from whatever it is now: other orders may have turned it round in the meantime."""
        if position.lots * lots < 0:
            closing: int = min(abs(position.lots), abs(lots))
            self._close(position, closing, price)
            lots -= closing if lots > 0 else -closing
        if lots:
            self._open(position, lots, price)

    def _close(self, position: Position, lots: int, price: float) -> None:
        """Take lots off a position and book their profit."""
        account: Account = self.accounts[position.instrument.currency]
        account.balance += position.pnl(price, lots)
        margin: float = position.margin * lots / abs(position.lots)
        account.margin = max(0.0, account.margin - margin)
        position.margin -= margin
        position.lots += lots if position.lots < 0 else -lots
        if not position.lots:
            position.price = 0.0
