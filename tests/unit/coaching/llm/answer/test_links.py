"""What is an address, however it is disguised, and what is none."""

from __future__ import annotations

import re

import pytest

from memo_coach.coaching.llm.answer.links import LinksOf, without_links
from memo_coach.coaching.llm.answer.plain_spelling import PlainSpelling
from memo_coach.coaching.llm.answer.sanitiser import Sanitiser

ADDRESSES = [
    "evil.c\u043em",  # a Cyrillic o
    "\u0435vil.\u0441\u043e\u043c",  # all of it Cyrillic, after a Cyrillic e
    "evil.\u0441\u043e\u043c",
    "evil.\u03bfrg",  # a Greek o
    "evil.\u1d04\u1d0f\u1d0d",  # small capitals
    "evil.\U0001d41c\U0001d428\U0001d426",  # mathematical letters
    "evil.c\u0336o\u0336m\u0336",  # struck through
    "evil.c\u00f6m",
    "evil.c0m",
    "evil%2Ecom",
    "evil%252Ecom",
    "evil%E3%80%82com",
    "evil&#46;com",
    "evil&#46com",
    "evil&period;com",
    "evil&amp;amp;period;com",
    "evil\\u002ecom",
    "evil\\x2ecom",
    "evil\u3002com",
    "evil\uff0ecom",
    "evil\uff61com",
    "evil\u2024com",
    "evil\u00b7com",
    "evil\u2488com",
    "evil\u200b.\u200bcom",
    "evil . com",
    "evil .com",
    "evil. com",
    "EVIL . COM",
    "name.quest",
    "name.academy",
    "name.md",
    "name.zip",
    "t.me",
    "a.co",
    "163.com",
    "192.168.10.44",
    "8.8.4.4:53",
    "10.0.0.1",
    "2001:db8::7",
    "[2001:db8::7]",
    "fe80::1",
    "xn--80ak6aa92e.com",
    "\u4f8b\u5b50.\u4e2d\u56fd",
    "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
    "name.onion",
    "name.eth",
    "eve@evil.com:8080",
    "hxxp://evil.example",
    "hxxps[:]//evil.example/x",
    "evil dot quest/offer",
    "evil[.]quest",
    "http://evil.example/Trail%20of%20Bits",
]

ORDINARY = [
    "E.g. this, i.e. that, approx. net 5m, p. ej. y aprox. 1.234,50 €.",
    "Q3.Then Q4, v2.1, Inc.The board, done.Next, late.Today we act.",
    "Node.js, next.js, ASP.NET and socket.io; see budget.xlsx, notes.txt and plan.docx.",
    "The .com boom, a .org domain and the dot com bubble.",
    "It is 10.30 a.m.; wait 3.5 km, 2.5 kg or 1.5 m at 5 p.m.",
    "Section 3.1.4.15, version 10.2.3.4, art. 192.1.2.3, clause 2.7.5.0 and 1.2.3.4.",
    "EE. UU., RR. HH., S.A. de C.V., Ud. y Uds., Sr. Paz, D. Juan.",
    "EE.UU. y RR.HH. deciden; el IVA es del 21 %de la base.",
    "St.James and Mr.Green met Dr.Best. No. 5 and Fig.5a follow.",
    "A 50%20 split? R&D, AT&T, C&A; 5% and 12%ab.",
    "At 10:30:15 the ratio was 3:1:2; std::vector is C++.",
    "Kosten·Nutzen, 5·3, N·m, paral·lel.",
    "½ of it, № 5, … and so on.",
    "\u672c\u8282\u5e94\u5c06\u5f00\u53d1\u5206\u4e3a\u591a\u4e2aIPFS\u3002\u4e0d\u8981\u5220\u9664",
    "Cost is 1.2m.Net income follows. In. Out. To. Com",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("frame", ["{}", "See {} today.", "({})", "“{}”, they say."])
def test_an_address_does_not_come_through(address: str, frame: str) -> None:
    for text in (
        Sanitiser("").paragraph(frame.format(address), longest=1_200),
        Sanitiser("").chat(frame.format(address)),
    ):
        assert set(re.findall(r"\w+", text)) <= {"link", "See", "today", "they", "say"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_that_stands_in_the_memo_stays(address: str) -> None:
    memo = f"We compared it with {address} and others."
    found = without_links(f"Is {address} cheaper?", allowed=LinksOf(memo), instead="[link]")
    assert found == f"Is {address} cheaper?"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert without_links(text, allowed=(), instead="[link]") == text


@pytest.mark.parametrize("address", ["evil . com", "evil .com", "evil. com", "evil . quest"])
def test_a_growing_reply_shows_no_word_that_a_dot_may_join_to_the_next(address: str) -> None:
    whole = f"Go to {address} and see."
    final = Sanitiser("").chat(whole)
    for end in range(len(whole) + 1):
        shown = Sanitiser("").chat(whole[:end], growing=True)
        assert final.startswith(shown)


def test_a_file_that_the_memo_names_is_no_address() -> None:
    cleaner = Sanitiser("The figures are in memo.md and run.sh.")
    assert cleaner.paragraph("Move memo.md up; drop other.md.", longest=99) == "Move memo.md up; drop [link]."


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("a%2Eb", "a.b"),
        ("a%20b", "a_b"),
        ("x\u0301y", "xy"),
        ("&#x2e;\uff0e", ".."),
        ("5 % of R&D \\server", "5 % of R&D \\server"),
        ("\ufb01n", "fin"),
    ],
)
def test_the_plain_spelling_leads_back_to_the_text(given: str, plain: str) -> None:
    spelling = PlainSpelling(given)
    assert spelling.text == plain
    assert spelling.span(0, len(plain)) == (0, len(given))
