"""
Waiting for vnpy's event engine.
"""

import threading

from vnpy.event import Event, EventEngine

EVENT_DRAINED: str = "ePeerDrained"


def drain(event_engine: EventEngine) -> None:
    """
    Wait until the event engine has processed all that is in its queue now.
    """
    drained: threading.Event = threading.Event()

    def on_drained(event: Event) -> None:
        # Two may wait at a time: each for its own mark.
        if event.data is drained:
            drained.set()

    event_engine.register(EVENT_DRAINED, on_drained)
    event_engine.put(Event(EVENT_DRAINED, drained))
    drained.wait()
    event_engine.unregister(EVENT_DRAINED, on_drained)
