"""Which processes a stack has."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """The default is production's. `is_one_process`: a single one answers HTTP and sockets."""

    web: int = 2
    live: int = 2
    has_redis: bool = True
    has_worker: bool = True
    live_server: str = "uvicorn"  # or daphne
    is_one_process: bool = False

    def __post_init__(self) -> None:
        if self.live_server not in {"uvicorn", "daphne"}:
            raise ValueError(f"LIVE_SERVER is uvicorn or daphne, not {self.live_server!r}")

    @classmethod
    def smallest(cls, live_server: str = "uvicorn") -> "Layout":
        """One process and no Redis, as `make run` has it, behind the same nginx."""
        return cls(has_redis=False, is_one_process=True, live_server=live_server)
