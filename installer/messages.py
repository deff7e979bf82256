"""The translations: taken from the code, kept in resources/locale, compiled. Needs Babel, so it runs in the environment.

``python installer/dev.py messages`` followed by one of

update                  the template and every language's catalogue follow the code; then compiles (what it does without a word)
add LANGUAGE            begins a language
split LANGUAGE N DIR    what is not translated yet, as N files for N people, grouped by the part of the program
merge LANGUAGE FILE...  takes translated pieces back
check                   tells what is missing, what is wrong with placeholders, and whether the compiled files are newest
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"
TEMPLATE = LOCALE / "shopdesk.pot"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
_HEADER = "# ShopDesk's words. Sentences are translated whole; what stands in {braces} is filled in and stays as it is."
_WIDTH = 120
_PLURALS = {
    # none, one, two, few (3-10), many (11-99), other: the order that gettext's own handbook has; Babel swaps the last two
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
_ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
"""In place of the moment of compiling: the same messages give the same bytes."""


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue lies."""
    return LOCALE / language / "LC_MESSAGES" / "shopdesk.po"


def known_languages() -> list[str]:
    """The languages there are, by code."""
    return sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/shopdesk.po"))


def extracted() -> Catalog:
    """Every message of the code with the files it stands in (no line numbers: a moved line is no new text)."""
    catalogue = _empty(None)
    found = extract_from_dir(
        ROOT,
        method_map=[("shopdesk/**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for file, _line, message, comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        if message and (isinstance(message, str) or all(message)):
            catalogue.add(message, None, [(Path(file).as_posix(), 0)], auto_comments=comments)
    return catalogue


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalogue from its file."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="shopdesk")


def text_of(catalogue: Catalog, *, template: bool = False) -> bytes:
    """The file of a catalogue: the same bytes for the same messages."""
    buffer = BytesIO()
    write_po(
        buffer, catalogue, width=_WIDTH, omit_header=True, sort_by_file=True, ignore_obsolete=True, include_lineno=False
    )
    forms = _PLURALS.get(str(catalogue.locale), catalogue.plural_forms)
    plurals = [] if template else [f"Language: {catalogue.locale}", f"Plural-Forms: {forms}"]
    lines = [
        *plurals,
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    head = "".join(f'"{line}\\n"\n' for line in lines)
    return f'{_HEADER}\nmsgid ""\nmsgstr ""\n{head}\n'.encode() + buffer.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """What the program reads."""
    catalogue.creation_date = catalogue.revision_date = _ALWAYS
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def update() -> None:
    """Follow the code: new messages come, gone ones go, what stays keeps its translation. Nothing is guessed."""
    template = extracted()
    LOCALE.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_bytes(text_of(template, template=True))
    for language in known_languages():
        catalogue = read(catalogue_path(language), language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        _store(language, catalogue)


def add(language: str) -> None:
    """Begin a language with nothing translated."""
    path = catalogue_path(language)
    if path.exists():
        sys.exit(f"{language} is there already")
    path.parent.mkdir(parents=True, exist_ok=True)
    _store(language, _empty(language))
    update()


def split(language: str, pieces: int, folder: Path) -> None:
    """Write what is untranslated as so many files, each a catalogue of its own; neighbours in the program stay together."""
    waiting = [message for message in read(catalogue_path(language), language) if message.id and not _is_done(message)]
    waiting.sort(key=lambda message: message.locations[0][0] if message.locations else "")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pieces):
        part = waiting[number * len(waiting) // pieces : (number + 1) * len(waiting) // pieces]
        catalogue = _empty(language)
        for message in part:
            catalogue[message.id] = message
        path = folder / f"{language}-{number + 1}.po"
        path.write_bytes(text_of(catalogue))
        print(f"{path}: {len(part)} messages")


def merge(language: str, files: Iterable[Path]) -> int:
    """Take translated pieces back; what breaks a placeholder is refused and named. Returns how many were refused."""
    catalogue = read(catalogue_path(language), language)
    taken, refused = 0, 0
    for file in files:
        for message in read(file, language):
            if not message.id or not _is_done(message):
                continue
            known = catalogue.get(message.id)
            faults = list(faults_of(message))
            if known is None:
                faults = ["no such text in the program any more"]
            if faults:
                refused += 1
                print(f"{file.name}: {_words(message)!r}: {'; '.join(faults)}")
                continue
            assert known is not None
            known.string = message.string
            taken += 1
    _store(language, catalogue)
    print(f"{language}: {taken} taken, {refused} refused, {len(missing(catalogue))} still missing")
    return refused


def missing(catalogue: Catalog) -> list[str]:
    """The messages without a translation."""
    return [_words(message) for message in catalogue if message.id and not _is_done(message)]


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with one translation: placeholders, blanks at its ends, the end of a sentence."""
    source, given = _texts(message.id), _texts(message.string)
    wanted, allowed = placeholders(source[-1]), placeholders(" ".join(source))
    for at, text in enumerate(given):
        try:
            found = placeholders(text)
        except ValueError as error:
            yield f"{text!r}: {error}"
            continue
        # A language that has a word for one or two need not say the number there.
        least = wanted - ({"count", "n", "number"} if len(given) > 1 and at < len(given) - 1 else set())
        if found - allowed or least - found:
            yield f"{text!r} has {sorted(found)}, not {sorted(wanted)}"
        if text.strip() != text and source[0].strip() == source[0]:
            yield f"{text!r} begins or ends with a blank"
        if "\n" in source[0] and text.count("\n") != source[0].count("\n"):
            yield f"{text!r} has other line breaks"


def placeholders(text: str) -> set[str]:
    """The names in braces; raises ValueError for a text that cannot be filled in."""
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


def check() -> int:
    """Tell the state of every language; 1 if something is wrong (what is missing is only told)."""
    wrong = 0
    wanted = text_of(extracted(), template=True)
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != wanted:
        print("resources/locale/shopdesk.pot is not what the code has: run  python installer/dev.py messages")
        wrong += 1
    for language in known_languages():
        catalogue = read(catalogue_path(language), language)
        faults = [
            f"{_words(one)!r}: {fault}" for one in catalogue if one.id and _is_done(one) for fault in faults_of(one)
        ]
        for fault in faults:
            print(f"{language}: {fault}")
        wrong += len(faults)
        if compiled(catalogue) != catalogue_path(language).with_suffix(".mo").read_bytes():
            print(f"{language}: the compiled file is older than the catalogue")
            wrong += 1
        print(f"{language}: {len(catalogue)} messages, {len(missing(catalogue))} missing")
    return 1 if wrong else 0


def main(words: list[str]) -> int:
    """Do one word and give its exit status."""
    match words:
        case [] | ["update"]:
            update()
            return check()
        case ["add", language] if re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", language):
            add(language)
        case ["split", language, pieces, folder] if pieces.isdigit() and int(pieces) > 0:
            split(language, int(pieces), Path(folder))
        case ["merge", language, *files] if files:
            return 1 if merge(language, map(Path, files)) else 0
        case ["check"]:
            return check()
        case _:
            print(__doc__)
            return 2
    return 0


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        domain="shopdesk",
        header_comment=_HEADER,
        project="ShopDesk",
        version="1",
        fuzzy=False,
        charset="utf-8",
    )


def _store(language: str, catalogue: Catalog) -> None:
    path = catalogue_path(language)
    path.write_bytes(text_of(catalogue))
    path.with_suffix(".mo").write_bytes(compiled(read(path, language)))


def _is_done(message: Message) -> bool:
    return all(_texts(message.string)) and not message.fuzzy


def _words(message: Message) -> str:
    return _texts(message.id)[0]


def _texts(value: object) -> tuple[str, ...]:
    """One text, or the forms of a plural."""
    return tuple(map(str, value)) if isinstance(value, (tuple, list)) else (str(value or ""),)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
