"""The operator's pages name tests, files and headings that there are."""

import re

import pytest

from tests.operations.files import ROOT, services

PAGES = ("operations", "reliability", "security", "scale", "upgrades", "architecture", "clients")


def text(page):
    return (ROOT / f"docs/{page}.md").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page):
    for path, name in re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)(?:::(\w+))?`", text(page)):
        assert (ROOT / path).is_file(), path
        assert not name or re.search(rf"\b(def|class) {name}\b", (ROOT / path).read_text()), name


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for target, anchor in re.findall(r"\]\(([\w./-]*)(?:#([\w-]+))?\)", text(page)):
        place = (ROOT / "docs" / target) if target else ROOT / f"docs/{page}.md"
        assert place.exists(), target
        if anchor:
            headings = re.findall(r"^##+ (.+)$", place.read_text(), re.MULTILINE)
            anchors = [re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings]
            assert anchor in anchors, anchor


@pytest.mark.parametrize("page", ["docs/architecture.md", "CONTRIBUTING.md", "README.md"])
def test_every_file_that_a_page_names_is_there(page):
    named = re.findall(r"`([\w-]+/[\w./-]+\.[a-z]+)`", (ROOT / page).read_text())
    assert len(named) > 3
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_every_function_that_the_architecture_places_is_in_its_file():
    placed = re.findall(r"`(\w+)` \(`([\w./]+\.py)`\)", text("architecture"))
    assert len(placed) > 10
    for name, path in placed:
        assert re.search(rf"\b(def|class) {name}\b|^{name} =", (ROOT / path).read_text()), name


@pytest.mark.parametrize("page", ["reliability", "security"])
def test_every_claim_names_its_test(page):
    rows = re.findall(r"^\| (?!Claim|-|`|Library)(.+) \|$", text(page), re.MULTILINE)
    assert len(rows) > 15
    for row in rows:
        claim, tests, figure = row.split(" | ")
        assert "`" in tests, claim
        assert figure


def test_the_operators_commands_name_services_that_there_are():
    named = re.findall(
        r"docker compose (?:exec|logs|restart|stop|run --rm) ([a-z]+)", text("operations")
    )
    assert named
    assert set(named) <= set(services())
