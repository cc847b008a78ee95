"""Keep `locale/` in step with the code: `messages.py update | compile | check`.

    update   add sentences that the code gained, drop those it lost
    compile  write the .mo files from the .po files
    check    fail when a sentence lacks its translation or a .mo file is stale

Needs no GNU gettext: sentences are read from the syntax tree, catalogues by polib.
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
SKIPPED = {"tests", "benchmarks", "scripts"}
PLURAL_FORMS = {
    "uz": "nplurals=1; plural=0;",
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
        "(n%100<12 || n%100>14) ? 1 : 2);"
    ),
}

Sentence = tuple[str, str]  # singular, plural ("" when it has none)


def sentences() -> dict[Sentence, set[str]]:
    """Every translatable sentence of the code, with the files it stands in."""
    found: dict[Sentence, set[str]] = {}
    for path in sorted(ROOT.glob("*/**/*")):
        place = path.relative_to(ROOT)
        if place.parts[0].startswith(".") or place.parts[0] in SKIPPED:
            continue
        if path.suffix == ".py" and "migrations" not in place.parts:
            spoken = in_python(path)
        elif path.suffix in {".html", ".txt"} and "templates" in place.parts:
            spoken = ((m["text"], "") for m in IN_TEMPLATE.finditer(path.read_text()))
        else:
            continue
        for sentence in spoken:
            found.setdefault(sentence, set()).add(str(place))
    return found


def in_python(path: Path) -> Iterator[Sentence]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
        if node.func.id in CALLS and texts and isinstance(texts[0], str):
            yield texts[0], ""
        elif node.func.id in PLURAL_CALLS and len(texts) >= 2:
            yield texts[0], texts[1]


def catalogue(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def update() -> None:
    wanted = sentences()
    for language in LANGUAGES:
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        known = {(entry.msgid, entry.msgid_plural): entry for entry in old}
        new = polib.POFile(wrapwidth=100)
        new.metadata = {
            "Language": language,
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": PLURAL_FORMS[language],
        }
        for (singular, plural), places in sorted(wanted.items()):
            entry = known.get((singular, plural)) or polib.POEntry(
                msgid=singular, msgid_plural=plural
            )
            entry.occurrences = [(place, "") for place in sorted(places)]
            new.append(entry)
        new.save(str(path))


def compile_all() -> None:
    for language in LANGUAGES:
        path = catalogue(language)
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


def problems() -> Iterator[str]:
    """Why the catalogues are not in step, one sentence each."""
    wanted = set(sentences())
    for language in LANGUAGES:
        path = catalogue(language)
        entries = polib.pofile(str(path))
        known = {(e.msgid, e.msgid_plural) for e in entries if e.translated()}
        yield from (f"{language}: not translated: {s[0]!r}" for s in sorted(wanted - known))
        listed = {(e.msgid, e.msgid_plural) for e in entries}
        yield from (f"{language}: no longer said: {s[0]!r}" for s in sorted(listed - wanted))
        if path.with_suffix(".mo").read_bytes() != entries.to_binary():
            yield f"{language}: django.mo is stale; run messages.py compile"
        yield from (
            f"{language}: other placeholders: {e.msgid!r}" for e in entries if not same_slots(e)
        )


def same_slots(entry: polib.POEntry) -> bool:
    """A translation names the same `{placeholders}` as its sentence."""
    slots = re.compile(r"\{[^}]*\}|%\(\w+\)[sd]|%d")
    spoken = [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())
    return all(set(slots.findall(text)) == set(slots.findall(entry.msgid)) for text in spoken)


def main() -> int:
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "update":
        update()
    elif command == "compile":
        compile_all()
    elif command == "check":
        found = list(problems())
        print("\n".join(found) or "translations in step")
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
