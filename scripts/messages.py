"""Keep `locale/` in step with the code: `messages.py update | compile | check`.

    update   add sentences that the code gained, drop those it lost, say what waits
             for a translation; then fill in the empty `msgstr` lines by hand
    compile  write the .mo files from the .po files
    check    fail when a sentence lacks its translation or a .mo file is stale

Needs no GNU gettext: sentences are read from the syntax tree, catalogues by polib. Templates
say their sentences with `{% translate %}` only.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("uz", "ru")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL_CALLS = {"ngettext", "ngettext_lazy"}
IN_TEMPLATE = re.compile(r"""\{%\s*translate\s+(["'])(?P<text>.+?)\1""")
SLOT = re.compile(r"\{[^}]*\}|%\(\w+\)[sd]|%[sd]")
SKIPPED = {"tests", "benchmarks", "scripts"}
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURAL_FORMS = {
    "uz": "nplurals=1; plural=0;",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
        "(n%100<12 || n%100>14) ? 1 : 2);"
    ),
}
FORMS = {"uz": 1, "ru": 3}

Sentence = tuple[str, str]  # singular, plural ("" when it has none)


def sentences() -> dict[Sentence, list[str]]:
    """Every translatable sentence of the code, with the files it stands in."""
    found: dict[Sentence, list[str]] = {}
    for path in sources():
        place = str(path.relative_to(ROOT))
        for sentence in in_python(path) if path.suffix == ".py" else in_template(path):
            places = found.setdefault(sentence, [])
            if place not in places:
                places.append(place)
    return found


def sources() -> Iterator[Path]:
    for folder in sorted(ROOT.iterdir()):
        if folder.name.startswith(".") or folder.name in SKIPPED:
            continue
        for path in sorted(folder.rglob("*")):
            kept = path.suffix == ".py" and "migrations" not in path.parts
            if kept or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
                yield path


def in_python(path: Path) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if node.func.id in CALLS and texts and isinstance(texts[0], str):
            yield texts[0], ""
        elif node.func.id in PLURAL_CALLS and len(texts) >= 2:
            yield texts[0], texts[1]


def in_template(path: Path) -> Iterator[Sentence]:
    for match in IN_TEMPLATE.finditer(path.read_text()):
        yield match["text"], ""


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def update() -> None:
    wanted = sentences()
    for language in LANGUAGES:
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        known = {key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
        new = polib.POFile(wrapwidth=100)
        new.metadata = {"Language": language, **HEADER, "Plural-Forms": PLURAL_FORMS[language]}
        for sentence, places in sorted(wanted.items()):
            singular, plural = sentence
            forms = dict.fromkeys(range(FORMS[language]), "") if plural else None
            entry = known.get(sentence) or polib.POEntry(
                msgid=singular, msgid_plural=plural, msgstr_plural=forms
            )
            entry.occurrences = [(place, "") for place in places]
            new.append(entry)
        new.save(str(path))


def compile_all() -> None:
    for language in LANGUAGES:
        path = catalogue(language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def key(entry: polib.POEntry) -> Sentence:
    return entry.msgid, entry.msgid_plural


def problems() -> list[str]:
    """Why the catalogues are not in step, one sentence each."""
    wanted = sentences()
    return [f"{language}: {why}" for language in LANGUAGES for why in faults(language, wanted)]


def faults(language: str, wanted: dict[Sentence, list[str]]) -> Iterator[str]:
    path = catalogue(language)
    if not path.exists():
        yield "there is no catalogue; run messages.py update"
        return
    entries = polib.pofile(str(path))
    listed = {key(entry): entry for entry in entries}
    for sentence, places in sorted(wanted.items()):
        entry = listed.get(sentence)
        if entry is None or not entry.translated():
            yield f"not translated: {sentence[0]!r} ({', '.join(places)})"
        elif not same_slots(entry):
            yield f"other placeholders than in {sentence[0]!r}: {spoken(entry)}"
    yield from (f"no longer said: {s[0]!r}" for s in sorted(listed.keys() - wanted.keys()))
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or compiled.read_bytes() != entries.to_binary():
        yield "django.mo is stale; run messages.py compile"


def same_slots(entry: polib.POEntry) -> bool:
    """A translation names the same `{placeholders}` as its sentence."""
    wanted = sorted(SLOT.findall(entry.msgid_plural or entry.msgid))
    return all(sorted(SLOT.findall(text)) == wanted for text in spoken(entry))


def spoken(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def main() -> int:
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command not in {"update", "compile", "check"}:
        print(__doc__)
        return 2
    if command == "update":
        update()
    if command == "compile":
        compile_all()
    found = problems()
    print("\n".join(found) or "translations in step")
    return 1 if found and command == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
