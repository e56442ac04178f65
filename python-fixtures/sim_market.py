"""
The simulated exchange: instruments, and for each of them a price that walks and a book of five levels.

Prices are counted in ticks and volumes in lots (both int), so that matching is exact; they become vnpy's floats where
they leave. Everything a market does follows from its seed and the number of its steps.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from zoneinfo import ZoneInfo

from vnpy.trader.constant import Direction, Exchange, OptionType, Product
from vnpy.trader.object import ContractData, TickData

CHINA: tzinfo = ZoneInfo("Asia/Shanghai")
NEW_YORK: tzinfo = ZoneInfo("America/New_York")

# Where crypto pairs trade. vnpy 4.0 and older have no GLOBAL.
CRYPTO: Exchange = Exchange.__members__.get("GLOBAL", Exchange.OTC)

DEPTH: int = 5


@dataclass(frozen=True)
class Instrument:
    """
    What is traded, and the rules for it.
    """

    symbol: str
    exchange: Exchange
    name: str
    product: Product
    size: float
    pricetick: float
    base_price: float
    currency: str = "CNY"
    min_volume: float = 1
    max_volume: float | None = None
    margin_rate: float = 0.1
    commission_rate: float = 0.0001
    limit_rate: float | None = 0.1          # daily price limits around the previous close; None: no limits
    net_position: bool = False
    typical_lots: int = 50                  # size of a level of the book
    zone: tzinfo = CHINA
    option_strike: float | None = None
    option_underlying: str | None = None
    option_type: OptionType | None = None
    option_listed: datetime | None = None
    option_expiry: datetime | None = None
    option_portfolio: str | None = None
    option_index: str | None = None

    @property
    def vt_symbol(self) -> str:
        """vnpy's name for it."""
        return f"{self.symbol}.{self.exchange.value}"

    @property
    def base_ticks(self) -> int:
        """The price around which the market walks; the previous close."""
        return round(self.base_price / self.pricetick)

    @property
    def limit_ticks(self) -> tuple[int, int] | None:
        """Lowest and highest price of the day."""
        if self.limit_rate is None:
            return None
        margin: int = int(self.base_ticks * self.limit_rate)
        return self.base_ticks - margin, self.base_ticks + margin

    @property
    def has_offset(self) -> bool:
        """Whether long and short are held apart, opened and closed by name."""
        return not self.net_position and self.product is not Product.EQUITY

    def price(self, ticks: int) -> float:
        """Ticks as vnpy's price."""
        return round(ticks * self.pricetick, 8)

    def volume(self, lots: int) -> float:
        """Lots as vnpy's volume: an int where the gateways of such contracts give one, too."""
        return lots * int(self.min_volume) if self.min_volume >= 1 else round(lots * self.min_volume, 8)

    def ticks(self, price: float) -> int | None:
        """A price in ticks; None when it lies between two ticks."""
        return _units(price, self.pricetick)

    def lots(self, volume: float) -> int | None:
        """A volume in lots; None when it is no whole number of them."""
        return _units(volume, self.min_volume)

    def contract(self, gateway_name: str) -> ContractData:
        """vnpy's description of it."""
        return ContractData(
            gateway_name=gateway_name,
            symbol=self.symbol,
            exchange=self.exchange,
            name=self.name,
            product=self.product,
            size=self.size,
            pricetick=self.pricetick,
            min_volume=self.min_volume,
            max_volume=self.max_volume,
            net_position=self.net_position,
            history_data=True,
            option_strike=self.option_strike,
            option_underlying=self.option_underlying,
            option_type=self.option_type,
            option_listed=self.option_listed,
            option_expiry=self.option_expiry,
            option_portfolio=self.option_portfolio,
            option_index=self.option_index,
        )


def _units(value: float, unit: float) -> int | None:
    """How many units a value is, None when it is no whole number (or not finite)."""
    try:
        count: int = round(value / unit)
    except (OverflowError, ValueError):
        return None
    return count if abs(value - count * unit) <= unit * 1e-6 else None


def standard_instruments() -> list[Instrument]:
    """
    Return the contracts that are always there, of every kind.
    """
    return [
        Instrument("rb2705", Exchange.SHFE, "螺纹钢2705", Product.FUTURES, 10, 1.0, 3500, max_volume=500),
        Instrument("au2706", Exchange.SHFE, "沪金2706", Product.FUTURES, 1000, 0.02, 780, max_volume=100,
                   typical_lots=8),
        Instrument("IF2703", Exchange.CFFEX, "沪深300股指2703", Product.FUTURES, 300, 0.2, 4000, max_volume=20,
                   margin_rate=0.12, typical_lots=5),
        Instrument("600000", Exchange.SSE, "浦发银行", Product.EQUITY, 1, 0.01, 10.5, min_volume=100,
                   max_volume=1_000_000, margin_rate=1, typical_lots=200),
        Instrument("000001", Exchange.SZSE, "平安银行", Product.EQUITY, 1, 0.01, 12.3, min_volume=100,
                   max_volume=1_000_000, margin_rate=1, typical_lots=200),
        Instrument("IO2703-C-4000", Exchange.CFFEX, "沪深300股指期权2703购4000", Product.OPTION, 100, 0.2, 120,
                   max_volume=20, margin_rate=1, limit_rate=0.5, typical_lots=10, option_strike=4000.0,
                   option_underlying="IO2703", option_type=OptionType.CALL,
                   option_listed=datetime(2026, 3, 23), option_expiry=datetime(2027, 3, 19),
                   option_portfolio="IO", option_index="4000"),
        Instrument("BTCUSDT", CRYPTO, "BTC/USDT", Product.SWAP, 1, 0.1, 65000, currency="USDT",
                   min_volume=0.001, margin_rate=0.05, limit_rate=None, net_position=True, typical_lots=400,
                   zone=timezone.utc),
        Instrument("AAPL", Exchange.NASDAQ, "Apple Inc.", Product.EQUITY, 1, 0.01, 230, currency="USD", margin_rate=1,
                   limit_rate=None, typical_lots=300, zone=NEW_YORK),
    ]


def synthetic_instruments(count: int) -> list[Instrument]:
    """
    Return any number of further futures, as many as a whole market has.
    """
    exchanges: list[Exchange] = [Exchange.DCE, Exchange.CZCE, Exchange.INE, Exchange.GFEX, Exchange.SHFE]
    return [
        Instrument(f"sim{i:05d}", exchanges[i % len(exchanges)], f"模拟合约{i:05d}", Product.FUTURES, 10, 1.0,
                   1000 + i % 5000, max_volume=1000)
        for i in range(count)
    ]


class Market:
    """
    One instrument's price and book.
    """

    def __init__(self, instrument: Instrument, seed: int) -> None:
        """
        Open the market at the instrument's base price.
        """
        self.instrument: Instrument = instrument
        # Two sources of chance: the trader's orders change volumes, and must not change where the price goes.
        self._walk: random.Random = random.Random(f"{seed}:{instrument.vt_symbol}:price")
        self._sizes: random.Random = random.Random(f"{seed}:{instrument.vt_symbol}:size")

        self._bid: int = instrument.base_ticks - 1
        self._spread: int = 1
        # Lots by price; the best price of a side may be gone after a fill, until the next step.
        self._books: dict[Direction, dict[int, int]] = {Direction.LONG: {}, Direction.SHORT: {}}
        self._replenish()

        self.last: int = instrument.base_ticks
        self._last_lots: int = 0
        self._open: int = self.last
        self._high: int = self.last
        self._low: int = self.last
        self._volume_lots: int = 0
        self._turnover: float = 0.0
        self._open_interest: int = instrument.typical_lots * 1000 if instrument.product is Product.FUTURES else 0

    def step(self) -> None:
        """
        Move the price by a tick or two, let others trade, refill the book.
        """
        base: int = self.instrument.base_ticks
        # The further from the base, the stronger the pull back: the walk stays well within the day's limits.
        reach: float = max(base * 0.02, 5.0)
        drift: float = (base - self._bid) / reach * 0.5
        self._bid = max(DEPTH, self._bid + round(self._walk.gauss(drift, 0.8)))
        self._spread = 1 if self._walk.random() < 0.7 else 2
        up: bool = self._walk.random() < 0.5
        self._replenish()

        self._trade(self._bid + self._spread if up else self._bid, self._sizes.randint(1, self.instrument.typical_lots))
        if self._open_interest:
            self._open_interest = max(1, self._open_interest + self._sizes.randint(-5, 5))

    def take(self, direction: Direction, limit: int | None, lots: int) -> list[tuple[int, int]]:
        """
        Fill a buy (LONG) or sell (SHORT) order against the book at `limit` or better; return (price, lots) a level.
        """
        fills: list[tuple[int, int]] = []
        for price, available in self._opposite(direction, limit):
            filled: int = min(available, lots)
            self._books[_other(direction)][price] -= filled
            self._trade(price, filled)
            fills.append((price, filled))
            lots -= filled
            if not lots:
                break
        return fills

    def available(self, direction: Direction, limit: int | None) -> int:
        """
        Return how many lots an order could take now.
        """
        return sum(lots for _, lots in self._opposite(direction, limit))

    def worst(self, direction: Direction) -> int:
        """
        Return the worst price at which a market order can be filled now.
        """
        levels: list[tuple[int, int]] = self._opposite(direction, None)
        return levels[-1][0] if levels else self.last

    def tick(self, gateway_name: str) -> TickData:
        """
        Return the market as it is now, as vnpy's tick.
        """
        instrument: Instrument = self.instrument
        limits: tuple[int, int] | None = instrument.limit_ticks
        tick: TickData = TickData(
            gateway_name=gateway_name,
            symbol=instrument.symbol,
            exchange=instrument.exchange,
            datetime=datetime.now(instrument.zone),
            name=instrument.name,
            volume=instrument.volume(self._volume_lots),
            turnover=round(self._turnover, 2),
            open_interest=self._open_interest,
            last_price=instrument.price(self.last),
            last_volume=instrument.volume(self._last_lots),
            limit_down=instrument.price(limits[0]) if limits else 0,
            limit_up=instrument.price(limits[1]) if limits else 0,
            open_price=instrument.price(self._open),
            high_price=instrument.price(self._high),
            low_price=instrument.price(self._low),
            pre_close=instrument.price(instrument.base_ticks),
            localtime=datetime.now(),
        )
        for side, direction in (("ask", Direction.LONG), ("bid", Direction.SHORT)):
            for level, (price, lots) in enumerate(self._opposite(direction, None), start=1):
                setattr(tick, f"{side}_price_{level}", instrument.price(price))
                setattr(tick, f"{side}_volume_{level}", instrument.volume(lots))
        return tick

    def _opposite(self, direction: Direction, limit: int | None) -> list[tuple[int, int]]:
        """The levels that an order of this direction meets, best first."""
        buying: bool = direction is Direction.LONG
        book: dict[int, int] = self._books[_other(direction)]
        return [
            (price, book[price])
            for price in sorted(book, reverse=not buying)
            if book[price] and (limit is None or (price <= limit if buying else price >= limit))
        ]

    def _replenish(self) -> None:
        """Five levels each side of the spread: what is left of those that were there, and new ones."""
        best_ask: int = self._bid + self._spread
        for direction, prices in (
            (Direction.LONG, range(self._bid, self._bid - DEPTH, -1)),
            (Direction.SHORT, range(best_ask, best_ask + DEPTH)),
        ):
            old: dict[int, int] = self._books[direction]
            fresh: dict[int, int] = {price: self._sizes.randint(1, self.instrument.typical_lots) for price in prices}
            self._books[direction] = {price: old.get(price) or lots for price, lots in fresh.items()}

    def _trade(self, price: int, lots: int) -> None:
        """Note a trade in the day's statistics."""
        self.last = price
        self._last_lots = lots
        self._high = max(self._high, price)
        self._low = min(self._low, price)
        self._volume_lots += lots
        self._turnover += self.instrument.price(price) * self.instrument.volume(lots) * self.instrument.size


def _other(direction: Direction) -> Direction:
    """The side of the book that an order of this direction takes from."""
    return Direction.SHORT if direction is Direction.LONG else Direction.LONG
