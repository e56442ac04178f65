"""
A program in a pseudo terminal.

    terminal.py COLUMNS ROWS PROGRAM [ARGUMENT ...]

Standard output: one JSON record a line. {"output": text} is what the program has written, {"modes": ...} how the terminal is set,
{"exit": code} its end, with the modes that it has left behind; the code is negative for a signal.
Standard input: {"type": text} presses keys, {"modes": true} asks for the modes, {"resize": [columns, rows]} changes the window.
"""

import codecs
import fcntl
import json
import os
import pty
import selectors
import signal
import struct
import subprocess
import sys
import termios


def main() -> None:
    """
    Start the program, pass on what it writes and what is typed, until it ends.
    """
    columns, rows, *command = sys.argv[1:]
    master, slave = pty.openpty()
    resize(slave, int(columns), int(rows))
    # The terminal controls the program's session: Ctrl-C is a signal where the terminal is not raw.
    program = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, preexec_fn=lambda: control(slave))
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    selector = selectors.DefaultSelector()
    selector.register(master, selectors.EVENT_READ)
    selector.register(0, selectors.EVENT_READ)
    typed = b""
    while True:
        ready = {key.fd for key, _ in selector.select(0.05)}
        if master in ready:
            report(output=decoder.decode(os.read(master, 65536)))
        elif program.poll() is not None:
            break
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                program.send_signal(signal.SIGKILL)
                selector.unregister(0)
            typed += data
            *lines, typed = typed.split(b"\n")
            for line in lines:
                obey(json.loads(line), master, slave)
    # This end of the terminal is open yet: the modes are still those that the program has left.
    report(exit=program.returncode, modes=modes(slave))


def control(slave: int) -> None:
    """
    Make the terminal the controlling one of a session of the program's own.
    """
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)


def obey(order: dict, master: int, slave: int) -> None:
    """
    Do one thing that was asked for.
    """
    if "type" in order:
        os.write(master, order["type"].encode())
    if "modes" in order:
        report(modes=modes(slave))
    if "resize" in order:
        resize(slave, *order["resize"])


def modes(slave: int) -> dict:
    """
    How the terminal treats what is typed.
    """
    lflag: int = termios.tcgetattr(slave)[3]
    return {"echo": bool(lflag & termios.ECHO), "lines": bool(lflag & termios.ICANON), "signals": bool(lflag & termios.ISIG)}


def resize(slave: int, columns: int, rows: int) -> None:
    """
    Set the size of the window; the program gets SIGWINCH.
    """
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def report(**record: object) -> None:
    """
    Print a record.
    """
    print(json.dumps(record), flush=True)


main()
