"""Make the fonts of the PDF again, and the list of what they have: needed only where one of them changes.

``python -m tests.pdf_fonts FOLDER``: the folder holds the fonts as they were published, found by their names.
A font that may not be changed under its name is copied. Others are cut down to what a memo may hold, each
file below the size that ``make check`` allows; a family in several files gets a name for each, by which the
template asks for them. What the compiler brings along is read from its library.
"""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

from memo_coach.documents import pdf

FONTS = Path(pdf.__file__).parent / "fonts"
COVERAGE = FONTS.parent / "coverage.json"
COPIED = ("SourceSans3_400Regular.ttf", "SourceSans3_600SemiBold.ttf")
CJK = "NotoSansCJKjp-Regular.otf"
CJK_PARTS = 5
EMBEDDED = {
    "Libertinus Serif Regular": "Libertinus Serif",
    "DejaVu Sans Mono": "DejaVu Sans Mono",
    "NewComputerModern10-Regular": "New Computer Modern",
    "NewComputerModernMath-Regular": "New Computer Modern Math",
}
"""Of the families that the compiler brings, the upright one of ordinary weight, by its full name."""


def main() -> int:
    """Write the fonts and the list of their characters."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m tests.pdf_fonts FOLDER\n")
        return 2
    sources = {path.name: path for path in Path(sys.argv[1]).rglob("*.?tf")}
    for name in COPIED:
        shutil.copyfile(sources[name], FONTS / name)
    _write(sources["NotoSansArabic_400Regular.ttf"], "NotoSansArabic.ttf")
    _write_emoji(sources["NotoEmoji_400Regular.ttf"])
    _write_cjk(sources[CJK])
    COVERAGE.write_text(json.dumps(coverage(), indent=1) + "\n", encoding="utf-8")
    return 0


def coverage() -> dict[str, str]:
    """Return the characters of each family, as ranges of hexadecimal code points."""
    found = dict(sorted(embedded_coverage().items()))
    for path in sorted(FONTS.glob("*.?tf")):
        font = TTFont(path)
        found[_family(font)] = _ranges(font.getBestCmap())
    return found


def embedded_coverage() -> dict[str, str]:
    """Return the characters of the families that stand in the compiler's library."""
    return {
        EMBEDDED[name]: _ranges(font.getBestCmap()) for name, font in _embedded_fonts() if name in EMBEDDED
    }


def _embedded_fonts() -> Iterator[tuple[str, TTFont]]:
    spec = importlib.util.find_spec("typst._typst")
    assert spec is not None
    assert spec.origin is not None
    library = Path(spec.origin).read_bytes()
    for magic in (b"OTTO", b"\0\1\0\0"):
        place = -1
        while (place := library.find(magic, place + 1)) >= 0:
            length = _font_length(library, place)
            if length:
                font = TTFont(io.BytesIO(library[place : place + length]))
                yield font["name"].getDebugName(4), font


def _font_length(library: bytes, place: int) -> int:
    """Return how long the font is whose table of tables begins here; 0 where none does."""
    (count,) = struct.unpack_from(">H", library, place + 4)
    if not 8 <= count <= 40:
        return 0
    records = [struct.unpack_from(">4sIII", library, place + 12 + 16 * at) for at in range(count)]
    tags = [record[0] for record in records]
    if b"cmap" not in tags or b"name" not in tags or tags != sorted(tags):
        return 0
    return max(int(offset) + int(length) for _tag, _sum, offset, length in records)


def _write(source: Path, name: str) -> None:
    _cut(source, FONTS / name, sorted(TTFont(source).getBestCmap()), features=["*"])


def _write_emoji(source: Path) -> None:
    """Write those that are joined to others in a sequence together, since one font has to have it all."""
    font = TTFont(source)
    glyphs = font.getBestCmap()
    joined = set()
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, ligatures in getattr(getattr(table, "ExtSubTable", table), "ligatures", {}).items():
                joined.update([first, *(part for each in ligatures for part in each.Component)])
    together = sorted(character for character, glyph in glyphs.items() if glyph in joined)
    alone = sorted(set(glyphs) - set(together))
    _cut(source, FONTS / "NotoEmoji1.ttf", together, features=["*"], family="Noto Emoji 1")
    _cut(source, FONTS / "NotoEmoji2.ttf", alone, features=[], family="Noto Emoji 2")


def _write_cjk(source: Path) -> None:
    characters = [
        character for character in sorted(TTFont(source).getBestCmap()) if _is_common_cjk(character)
    ]
    size = -(-len(characters) // CJK_PARTS)
    for part in range(CJK_PARTS):
        name = f"Noto Sans CJK {part + 1}"
        target = FONTS / f"NotoSansCJK{part + 1}.otf"
        _cut(source, target, characters[part * size : (part + 1) * size], features=["ccmp"], family=name)


def _is_common_cjk(character: int) -> bool:
    """Whether a character is in the everyday character sets of Chinese, Japanese or Korean."""
    if character < 0x2E80:
        return False
    if 0x3000 <= character < 0x3100 or 0xFF00 <= character < 0xFFF0:
        return True
    return any(is_in(character) for is_in in _CHARACTER_SETS)


def _in_set(codec: str, within: Callable[[int], bool] = lambda _code: True) -> Callable[[int], bool]:
    def is_in(character: int) -> bool:
        try:
            code = chr(character).encode(codec)
        except UnicodeEncodeError:
            return False
        return len(code) == 2 and within(code[0] * 256 + code[1])

    return is_in


_CHARACTER_SETS = (
    _in_set("gb2312"),
    _in_set("shift_jis"),
    _in_set("big5", lambda code: 0xA140 <= code <= 0xC67E),  # the level of ordinary use
    _in_set("euc_kr", lambda code: code < 0xCA00),  # without the ideographs, of which the others have enough
)


def _cut(
    source: Path, target: Path, characters: Iterable[int], *, features: list[str], family: str | None = None
) -> None:
    options: Any = subset.Options()
    options.layout_features = features
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "STAT"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.recalc_timestamp = False
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=list(characters))
    subsetter.subset(font)
    if family is not None:
        _rename(font, family)
    subset.save_font(font, str(target), options)


def _rename(font: TTFont, family: str) -> None:
    plain = family.replace(" ", "")
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = family
        elif record.nameID == 6:
            record.string = f"{plain}-Regular"
    if "CFF " in font:
        font["CFF "].cff.fontNames = [f"{plain}-Regular"]
        top = font["CFF "].cff.topDictIndex[0]
        top.FullName = top.FamilyName = family


def _family(font: TTFont) -> str:
    names = font["name"]
    return str(names.getDebugName(16) or names.getDebugName(1))


def _ranges(characters: Iterable[int]) -> str:
    ranges: list[list[int]] = []
    for character in sorted(characters):
        if ranges and character == ranges[-1][1] + 1:
            ranges[-1][1] = character
        else:
            ranges.append([character, character])
    return " ".join(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in ranges)


if __name__ == "__main__":
    raise SystemExit(main())
