"""
A vnpy datafeed of simulated history. vnpy finds it by the setting `datafeed.name` = `simdata`, as it does any other.
"""

from collections.abc import Callable

from vnpy.trader.datafeed import BaseDatafeed
from vnpy.trader.object import BarData, HistoryRequest, TickData

from sim_history import History
from sim_market import standard_instruments

GATEWAY_NAME: str = "SIMDATA"


class Datafeed(BaseDatafeed):
    """
    Bars and ticks of the standard instruments. Errors go to `output`, which is all that vnpy knows of them.
    """

    def __init__(self) -> None:
        """
        Know the instruments.
        """
        instruments = {instrument.vt_symbol: instrument for instrument in standard_instruments()}
        self._history: History = History(instruments, seed=1, days=365)

    def init(self, output: Callable[[str], object] = print) -> bool:
        """
        Nothing to log in to.
        """
        return True

    def query_bar_history(self, req: HistoryRequest, output: Callable[[str], object] = print) -> list[BarData]:
        """
        Return bars.
        """
        try:
            return self._history.bars(req, GATEWAY_NAME)
        except ValueError as error:
            output(str(error))
            return []

    def query_tick_history(self, req: HistoryRequest, output: Callable[[str], object] = print) -> list[TickData]:
        """
        Return ticks.
        """
        try:
            return self._history.ticks(req, GATEWAY_NAME)
        except ValueError as error:
            output(str(error))
            return []
