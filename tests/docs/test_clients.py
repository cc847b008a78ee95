"""What `docs/clients.md` says in code, run against a service."""

import json
import re
import sys

from tests.docs.terminal import blocks_of, paste, terminal

PAGE = blocks_of("docs/clients.md")


def test_the_page_runs_from_its_first_block_to_its_last(service):
    assert list(PAGE) == ["sign in", "send again", "lists", "socket"]
    shell = [PAGE[name] for name in ("sign in", "send again", "lists")]
    with service() as base:
        printed = paste(*shell, 'echo "ACCESS=$ACCESS"', BASE=base)
        told_of_a_new_debtor(base, printed.rpartition("ACCESS=")[2].strip())
    first, again, mistake = map(json.loads, re.findall(r"^\{.*\}$", printed, re.MULTILINE))
    assert printed.lower().count("idempotent-replayed: true") == 1
    assert first["remaining"] == "150000.00"
    assert again == first
    assert mistake["code"] == "idempotency_mismatch"
    pages = [json.loads(page) for page in re.findall(r"^\[\{.*\]$", printed, re.MULTILINE)]
    names = [[person["full_name"] for person in page] for page in pages]
    assert names == [["Eldor", "Dilshod"], ["Charos", "Botir"], ["Anvar", "Bobur Aliyev"]]


def told_of_a_new_debtor(base, access):
    program = [sys.executable, "-c", PAGE["socket"]]
    with terminal(*program, BASE=base, ACCESS=access) as device:
        assert device.shows("welcome")
        functions = PAGE["sign in"].partition("ACCESS=none")[0]
        create = 'call POST /api/v1/users/ -d \'{"full_name": "Gulnora"}\''
        paste(functions, create, BASE=base, ACCESS=access)
        assert device.shows("debtor.changed")
