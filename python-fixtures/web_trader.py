"""
WebTrader's web process (vnpy_webtrader/web.py), unmodified, at a server that speaks its format: commands ask it over HTTP.
"""

import argparse
import asyncio
import json
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import peer_runtime


def main() -> None:
    """
    Serve the web application, report that it is ready, then execute commands.
    """
    parser: argparse.ArgumentParser = argparse.ArgumentParser(description=__doc__)
    peer_runtime.add_client_arguments(parser)
    args: argparse.Namespace = parser.parse_args()

    peer: peer_runtime.Peer = peer_runtime.start()
    setting: dict[str, str] = {
        "username": "vnpy", "password": "vnpy", "req_address": args.request, "sub_address": args.publish,
    }
    with open(".vntrader/web_trader_setting.json", "w", encoding="utf-8") as f:
        json.dump(setting, f)

    # web.py takes the event loop of the moment in which it is imported, for what it sends to browsers: it must be the one
    # that runs, which it is not where uvicorn makes its own.
    loop: asyncio.AbstractEventLoop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    import uvicorn
    from vnpy_webtrader import web

    listener: socket.socket = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    server: Any = uvicorn.Server(uvicorn.Config(web.app, log_level="warning"))

    def run() -> None:
        """What uvicorn's own run does, on the loop that web.py knows."""
        asyncio.set_event_loop(loop)
        loop.run_until_complete(server.serve(sockets=[listener]))

    threading.Thread(target=run, name="web", daemon=True).start()

    def ask(method: str, path: str, body: Any = None, token: str = "") -> dict[str, Any]:
        """Status and answer of a request."""
        data: bytes | None = None
        headers: dict[str, str] = {"Authorization": f"Bearer {token}"}
        if path == "/token":
            data = urllib.parse.urlencode(body).encode()
        elif body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        url: str = f"http://127.0.0.1:{port}{urllib.parse.quote(path)}"
        request: urllib.request.Request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return {"status": response.status, "body": json.load(response)}
        except urllib.error.HTTPError as error:
            return {"status": error.code, "body": error.read().decode()}

    peer.ready(request=args.request, publish=args.publish, port=port)
    peer.serve_commands({"ask": ask})


if __name__ == "__main__":
    main()
