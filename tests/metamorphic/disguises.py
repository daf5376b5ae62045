"""The same memo as it comes out of other programs: scanned, as HTML, in a thread, in capitals."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator

from memo_coach.coaching.samples import Sample, samples

Disguise = Callable[[Sample], str]

_LABELS = {
    "en": ("To", "From", "Date", "Subject"),
    "es": ("Para", "De", "Fecha", "Asunto"),
}


def strong(rubric: str, language: str) -> Sample:
    return next(sample for sample in samples(rubric, language) if sample.quality == "strong")


def _head(sample: Sample) -> list[tuple[str, str]]:
    lines = sample.text.split("\n\n", 1)[0].splitlines()
    head = [(label, value) for label, _, value in (line.partition(": ") for line in lines)]
    assert tuple(label for label, _ in head) == _LABELS[sample.language]
    return head


def _body(sample: Sample) -> str:
    return sample.text.split("\n\n", 1)[1]


def _older(sample: Sample) -> str:
    """Return what another memo says, of which nothing is to count."""
    other = "decision-memo" if sample.rubric != "decision-memo" else "policy-memo"
    weak = next(each for each in samples(other, sample.language) if each.quality == "weak")
    return _body(weak).strip()


# Capitals


def in_capitals(sample: Sample) -> str:
    return sample.text.upper()


def with_paragraphs_in_capitals(sample: Sample) -> str:
    """Shout every second paragraph."""
    return "\n\n".join(
        part.upper() if place % 2 and part[0] not in "#|-" else part
        for place, part in enumerate(sample.text.split("\n\n"))
    )


# Pages


def _wrapped(part: str, width: int, *, hyphens: bool) -> str:
    if part[0] == "|":
        return part
    lines: list[str] = []
    for line in part.split("\n"):
        lines.extend(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))
    if not hyphens:
        return "\n".join(lines)
    for place in range(len(lines) - 1):
        first, _, rest = lines[place + 1].partition(" ")
        if place % 3 == 0 and first.isalpha() and first.islower() and len(first) > 6 and rest:
            lines[place] += f" {first[:3]}-"
            lines[place + 1] = f"{first[3:]} {rest}"
    return "\n".join(lines)


def hard_wrapped(sample: Sample) -> str:
    return "\n\n".join(_wrapped(part, 72, hyphens=False) for part in sample.text.strip().split("\n\n"))


def hyphenated(sample: Sample) -> str:
    return "\n\n".join(_wrapped(part, 66, hyphens=True) for part in sample.text.strip().split("\n\n"))


def with_page_numbers(sample: Sample) -> str:
    """Put the foot of a page and the head of the next one after every 22 lines, wherever that is."""
    word = {"en": "Page", "es": "Página"}[sample.language]
    lines = hyphenated(sample).split("\n")
    pages = [lines[first : first + 22] for first in range(0, len(lines), 22)]
    return "\n".join(
        "\n".join([*page, "", f"{word} {number}", "", "Larkmoor Hospitals / 2027", ""])
        for number, page in enumerate(pages, 1)
    )


def with_bare_page_numbers(sample: Sample) -> str:
    lines = hard_wrapped(sample).split("\n")
    pages = [lines[first : first + 25] for first in range(0, len(lines), 25)]
    return "\n".join("\n".join([*page, "", f"- {number} -", ""]) for number, page in enumerate(pages, 1))


# HTML


def as_html(sample: Sample, *, indented: bool = False) -> str:
    parts = [f"<p>{'<br>'.join(f'<b>{label}:</b> {_inline(value)}' for label, value in _head(sample))}</p>"]
    parts += map(_html_of, _body(sample).strip().split("\n\n"))
    if not indented:
        return "<html><head><style>p { color: red }</style></head><body>" + "".join(parts) + "</body></html>"
    lines = (
        "\n".join(parts)
        .replace("<li>", "\n      <li>")
        .replace("<tr>", "\n    <tr>")
        .replace("<td", "\n  <td")
    )
    return f'<!-- pasted -->\n<div class="memo">\n{lines}\n</div>\n'


def as_indented_html(sample: Sample) -> str:
    return as_html(sample, indented=True)


def _inline(text: str) -> str:
    escaped = html.escape(text, quote=False).replace("€", "&euro;").replace("é", "&eacute;")
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escaped)


def _html_of(part: str) -> str:
    if part[0] == "#":
        level = len(part) - len(part.lstrip("#"))
        return f"<h{level}>{_inline(part.lstrip('# '))}</h{level}>"
    if part[0] == "|":
        return f"<table>{''.join(_html_rows(part))}</table>"
    if part.startswith("- "):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in part.split("\n")) + "</ul>"
    if re.match(r"\d+\. ", part):
        items = [re.sub(r"^\d+\. ", "", line) for line in part.split("\n")]
        return "<ol>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ol>"
    return f'<p class="x">{_inline(part)}</p>'


def _html_rows(part: str) -> Iterator[str]:
    for place, line in enumerate(part.split("\n")):
        if set(line) <= set("|-: "):
            continue
        cell = "td" if place else "th"
        cells = (text.strip() for text in line.strip("|").split("|"))
        yield "<tr>" + "".join(f"<{cell}>{_inline(text)}</{cell}>" for text in cells) + "</tr>"


# Mail threads


def answered_below(sample: Sample) -> str:
    said = {
        "en": "On Mon, Jan 4, 2027 at 9:12 AM Piers Holt <piers@example.org> wrote:",
        "es": "El lun, 4 ene 2027 a las 9:12, Piers Holt (<piers@example.org>) escribió:",
    }[sample.language]
    quoted = "\n".join(f"> {line}".rstrip() for line in _older(sample).split("\n"))
    return f"{sample.text.strip()}\n\n{said}\n\n{quoted}\n"


def with_the_original_message(sample: Sample) -> str:
    word = {"en": "Original Message", "es": "Mensaje original"}[sample.language]
    labels = {"en": ("From", "Sent", "To", "Subject"), "es": ("De", "Enviado", "Para", "Asunto")}[
        sample.language
    ]
    values = ("Piers Holt", "Monday 4 January 2027 09:12", "Ines Okafor", "Boilers")
    head = "\n".join(f"{label}: {value}" for label, value in zip(labels, values, strict=True))
    return f"{sample.text.strip()}\n\n-----{word}-----\n{head}\n\n{_older(sample)}\n"


def with_an_outlook_head(sample: Sample) -> str:
    return (
        with_the_original_message(sample)
        .replace("-----Original Message-----\n", "_" * 32 + "\n")
        .replace("-----Mensaje original-----\n", "")
    )


# Heads


def under_a_title(sample: Sample) -> str:
    title = {"en": "MEMORANDUM", "es": "MEMORANDO"}[sample.language]
    return f"{title}\n\n{sample.text}"


def under_a_title_between_rules(sample: Sample) -> str:
    title = {"en": "MEMORANDUM", "es": "MEMORÁNDUM"}[sample.language]
    head = "\n".join(f"{label}: {value}" for label, value in _head(sample))
    return f"{'=' * 40}\n{title}\n{'=' * 40}\n\n{head}\n\n{'_' * 40}\n\n{_body(sample)}"


def with_other_labels(sample: Sample) -> str:
    (_, to), (_, sender), (_, date), (_, subject) = _head(sample)
    if sample.language == "en":
        lines = [f"Sent: {date}", f"Subject: {subject}", "Ref: LH/2027/3", f"From: {sender}", "Via: Ann Lee"]
        lines += ["CC: Piers Holt", "Bcc: Archive", f"Attn: {to}"]
    else:
        lines = [f"Enviado: {date}", "Ref.: LH/2027/3", f"Tema: {subject}", f"De: {sender}", "CC: Piers Holt"]
        lines += ["A través de: Ann Lee", f"A la atención de: {to}"]
    return "\n".join(lines) + "\n\n" + _body(sample)


def with_bold_labels(sample: Sample) -> str:
    head = "  \n".join(f"**{label.upper()}:** {value}" for label, value in _head(sample))
    return f"**MEMO**\n\n{head}\n\n---\n\n{_body(sample)}"


def with_a_head_in_a_table(sample: Sample) -> str:
    (first, *rest) = [f"| {label} | {value} |" for label, value in _head(sample)]
    return "\n".join([first, "|---|---|", *rest]) + "\n\n" + _body(sample)


def with_a_head_in_a_table_without_titles(sample: Sample) -> str:
    rows = [f"| **{label}:** | {value} |" for label, value in _head(sample)]
    return "\n".join(["| | |", "|---|---|", *rows]) + "\n\n" + _body(sample)


DISGUISES: tuple[Disguise, ...] = (
    in_capitals,
    with_paragraphs_in_capitals,
    hard_wrapped,
    hyphenated,
    with_page_numbers,
    with_bare_page_numbers,
    as_html,
    as_indented_html,
    answered_below,
    with_the_original_message,
    with_an_outlook_head,
    under_a_title,
    under_a_title_between_rules,
    with_other_labels,
    with_bold_labels,
    with_a_head_in_a_table,
    with_a_head_in_a_table_without_titles,
)
