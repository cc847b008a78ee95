"""`make stack`: everything as in production, on one machine, until Ctrl-C.

A process that ends is started again, as an installation's supervisor does: try `kill -9`.
"""

import os
import signal
import sys
import time
from typing import NoReturn

from scripts.stack import Layout, Stack
from scripts.stack.places import MissingProgram
from scripts.stack.processes import Process

PAUSE_SECONDS = 0.5


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    say("starting (half a minute the first time) ...")
    try:
        with Stack(layout(), settings=settings()) as stack:
            demo(stack)
            announce(stack)
            supervise(stack)
    except KeyboardInterrupt:
        say("ended; its data are gone with it.")
    except MissingProgram as missing:
        print(f"Daftar: {missing}", file=sys.stderr)
        return 1
    return 0


def layout() -> Layout:
    return Layout(live_server=os.environ.get("LIVE_SERVER", "uvicorn"))


def settings() -> dict[str, str]:
    """Like `make run`, DEBUG and DEV_OTP are on unless told otherwise: codes without an SMS."""
    debug = os.environ.get("DEBUG", "1")
    return {"DEBUG": debug, "DEV_OTP": os.environ.get("DEV_OTP", debug)}


def demo(stack: Stack) -> None:
    if "demo" in stack.manage("help", "--commands").split():
        say("filling in demo data ...")
        stack.manage("demo")


def announce(stack: Stack) -> None:
    say(f"ready at {stack.url}/")
    print(f"  {'Socket':12}{stack.socket_url}")
    print(f"  {'Logs':12}{stack.folder}")
    for process in stack:
        print(f"  {process.name:12}port {process.port or '-':<6} pid {process.pid}")
    print("  Ctrl-C ends everything.", flush=True)


def supervise(stack: Stack) -> NoReturn:
    while True:
        for process in stack:
            if not process.is_alive:
                say(f"{process.name} ended with {process.running and process.running.returncode}")
                revive(process)
        time.sleep(PAUSE_SECONDS)


def revive(process: Process) -> None:
    try:
        process.start()
    except (RuntimeError, TimeoutError) as error:
        say(str(error))
    else:
        say(f"{process.name} is back, pid {process.pid}")


def say(words: str) -> None:
    print(f"Daftar: {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
