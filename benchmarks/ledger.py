"""What the ledger costs, in ratios of one run: `make bench-ledger`.

Recording payments beside a naive loop and beside PostgreSQL alone, and payments against the
number of open debts. Absolute figures belong to the machine, the ratios do not.
"""

from benchmarks.ledger_payments import compare_payments
from benchmarks.ledger_payments_cost import compare_open_debts
from benchmarks.scratch import scratch_database


def main() -> None:
    with scratch_database() as url:
        compare_payments(url)
        compare_open_debts()


if __name__ == "__main__":
    main()
