"""A small HTTP/1.1 load client: keep-alive connections, one request in flight on each."""

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.servers import LOAD_CORE


@dataclass(frozen=True)
class Result:
    """`p50` and `p99` in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failures: int


def measure(
    url: str,
    *,
    headers: dict[str, str],
    seconds: float = 3,
    connections: int = 8,
    method: str = "GET",
    bodies: list[bytes] | None = None,
) -> Result:
    """Send as fast as answers come back. `bodies` are taken in turn, each once."""
    os.sched_setaffinity(0, LOAD_CORE)
    return asyncio.run(_run(url, headers, seconds, connections, method, bodies))


async def _run(
    url: str,
    headers: dict[str, str],
    seconds: float,
    connections: int,
    method: str,
    bodies: list[bytes] | None,
) -> Result:
    target = urlsplit(url)
    path = target.path + (f"?{target.query}" if target.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {target.netloc}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items())])
    latencies: list[float] = []
    failures = 0
    stop_at = time.perf_counter() + seconds
    queue = iter(bodies or ())

    async def client() -> None:
        nonlocal failures
        reader, writer = await asyncio.open_connection(target.hostname, target.port)
        while (started := time.perf_counter()) < stop_at:
            body = b"" if bodies is None else next(queue, None)
            if body is None:
                break
            writer.write(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            if not await _answered_well(reader):
                failures += 1
            latencies.append(time.perf_counter() - started)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    took = time.perf_counter() - began
    ordered = sorted(latencies)
    return Result(
        per_second=len(ordered) / took,
        p50=statistics.median(ordered) * 1000,
        p99=ordered[int(len(ordered) * 0.99)] * 1000,
        failures=failures,
    )


async def _answered_well(reader: asyncio.StreamReader) -> bool:
    head = await reader.readuntil(b"\r\n\r\n")
    lowered = head.lower()
    if b"transfer-encoding: chunked" in lowered:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    else:
        start = lowered.index(b"content-length:") + 15
        await reader.readexactly(int(lowered[start : lowered.index(b"\r\n", start)]))
    return head[9:10] == b"2"
