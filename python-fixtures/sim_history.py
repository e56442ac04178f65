"""
Simulated history: bars and ticks that follow from seed, symbol and time alone, so that any two queries agree.
"""

import math
import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from vnpy.trader.constant import Exchange, Interval
from vnpy.trader.object import BarData, HistoryRequest, TickData

from sim_market import CRYPTO, Instrument

STEPS: dict[Interval, timedelta] = {
    Interval.MINUTE: timedelta(minutes=1),
    Interval.HOUR: timedelta(hours=1),
    Interval.DAILY: timedelta(days=1),
    Interval.WEEKLY: timedelta(weeks=1),
}
TICK_STEP: timedelta = timedelta(milliseconds=500)

# A Monday, so that weekly bars begin on Mondays.
EPOCH: datetime = datetime(2001, 1, 1)

CHINA_SESSIONS: list[tuple[time, time]] = [(time(9, 0), time(11, 30)), (time(13, 0), time(15, 0))]
US_SESSIONS: list[tuple[time, time]] = [(time(9, 30), time(16, 0))]


class History:
    """
    The past of a set of instruments.
    """

    def __init__(self, instruments: dict[str, Instrument], seed: int, days: int) -> None:
        """
        Know the instruments by vt_symbol. Nothing is stored: what is older than so many days does not exist.
        """
        self._instruments: dict[str, Instrument] = instruments
        self._seed: int = seed
        self._age: timedelta = timedelta(days=days)

    def bars(self, req: HistoryRequest, gateway_name: str) -> list[BarData]:
        """
        Return the bars of [start, end], oldest first; raises ValueError when the request cannot be met.
        """
        instrument: Instrument = self._instrument(req)
        interval: Interval = req.interval or Interval.MINUTE
        if interval not in STEPS:
            raise ValueError(f"no bars of interval {interval.value}")

        bars: list[BarData] = []
        for moment in self._moments(instrument, req, STEPS[interval]):
            chance: random.Random = self._chance(instrument, f"{interval.value}:{moment.isoformat()}")
            opening: int = self._level(instrument, moment)
            closing: int = self._level(instrument, moment + STEPS[interval])
            volume: float = instrument.volume(chance.randint(1, 200) * instrument.typical_lots)
            bars.append(BarData(
                gateway_name=gateway_name,
                symbol=instrument.symbol,
                exchange=instrument.exchange,
                datetime=moment.replace(tzinfo=instrument.zone),
                interval=interval,
                volume=volume,
                turnover=round(instrument.price(closing) * volume * instrument.size, 2),
                open_interest=instrument.typical_lots * 1000 if instrument.has_offset else 0,
                open_price=instrument.price(opening),
                high_price=instrument.price(max(opening, closing) + chance.randint(0, 5)),
                low_price=instrument.price(min(opening, closing) - chance.randint(0, 5)),
                close_price=instrument.price(closing),
            ))
        return bars

    def ticks(self, req: HistoryRequest, gateway_name: str) -> list[TickData]:
        """
        Return the ticks of [start, end], oldest first, two a second; raises ValueError when the request cannot be met.
        """
        instrument: Instrument = self._instrument(req)
        ticks: list[TickData] = []
        for moment in self._moments(instrument, req, TICK_STEP):
            chance: random.Random = self._chance(instrument, moment.isoformat())
            bid: int = self._level(instrument, moment)
            tick: TickData = TickData(
                gateway_name=gateway_name,
                symbol=instrument.symbol,
                exchange=instrument.exchange,
                datetime=moment.replace(tzinfo=instrument.zone),
                name=instrument.name,
                last_price=instrument.price(bid + chance.randint(0, 1)),
                last_volume=instrument.volume(chance.randint(1, instrument.typical_lots)),
                pre_close=instrument.price(instrument.base_ticks),
            )
            for level in range(5):
                setattr(tick, f"bid_price_{level + 1}", instrument.price(bid - level))
                setattr(tick, f"ask_price_{level + 1}", instrument.price(bid + 1 + level))
                for side in ("bid", "ask"):
                    lots: int = chance.randint(1, instrument.typical_lots)
                    setattr(tick, f"{side}_volume_{level + 1}", instrument.volume(lots))
            ticks.append(tick)
        return ticks

    def _instrument(self, req: HistoryRequest) -> Instrument:
        """The instrument that a request asks for."""
        instrument: Instrument | None = self._instruments.get(req.vt_symbol)
        if instrument is None:
            raise ValueError(f"unknown symbol {req.vt_symbol}")
        return instrument

    def _moments(self, instrument: Instrument, req: HistoryRequest, step: timedelta) -> Iterator[datetime]:
        """The naive local times within a request at which there is something."""
        now: datetime = datetime.now(instrument.zone).replace(tzinfo=None)
        start: datetime = max(_local(req.start, instrument), now - self._age)
        end: datetime = min(_local(req.end, instrument) if req.end else now, now)

        moment: datetime = EPOCH + math.ceil((start - EPOCH) / step) * step
        while moment <= end:
            if step >= timedelta(days=1) or _trading(instrument, moment):
                yield moment
            moment += step

    def _chance(self, instrument: Instrument, key: str) -> random.Random:
        """A source of chance for one bar or tick."""
        return random.Random(f"{self._seed}:{instrument.vt_symbol}:{key}")

    def _level(self, instrument: Instrument, moment: datetime) -> int:
        """The price in ticks at a time: waves of a month, a day, an hour and a minute around the base price."""
        phase: float = random.Random(f"{self._seed}:{instrument.vt_symbol}").random() * math.tau
        seconds: float = (moment - EPOCH).total_seconds()
        wave: float = sum(
            height * math.sin(seconds * math.tau / period + phase)
            for height, period in ((0.03, 2_592_000), (0.01, 86_400), (0.004, 3_600), (0.001, 60))
        )
        return round(instrument.base_ticks * (1 + wave))


def _local(moment: datetime, instrument: Instrument) -> datetime:
    """A request's time as naive time of the instrument's exchange; a naive one is taken to be that already."""
    return moment.astimezone(instrument.zone).replace(tzinfo=None) if moment.tzinfo else moment


def _trading(instrument: Instrument, moment: datetime) -> bool:
    """Whether the exchange was open."""
    if instrument.exchange is CRYPTO:
        return True
    sessions: list[tuple[time, time]] = US_SESSIONS if instrument.exchange is Exchange.NASDAQ else CHINA_SESSIONS
    return moment.weekday() < 5 and any(begin <= moment.time() < end for begin, end in sessions)
