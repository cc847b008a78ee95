"""A process that uses the embedded server: started by tests, killed by them, told what to do.

`someone.py CHECKOUT [--durable]` prints `ready` once the server answers, or `refused: why`. Then
it does what each line of its standard input says and prints `ready` again; it ends with the input.
"""

import os
import sys
from pathlib import Path

from core.embedded_postgres import Cluster, EmbeddedPostgresError, leave, use


def main() -> int:
    cluster = Cluster.of(Path(sys.argv[1]), for_tests="--durable" not in sys.argv)
    try:
        use(cluster)
    except EmbeddedPostgresError as refusal:
        say(f"refused: {refusal}")
        return 1
    say("ready")
    for line in sys.stdin:
        order = line.strip()
        if order == "use":
            use(cluster)
        elif order == "leave":
            leave(cluster)
        elif order == "leave it to a child" and os.fork() != 0:
            os._exit(0)
        say("ready")
    return 0


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
