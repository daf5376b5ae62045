"""The head of a memo in any order, with other labels, in a table, under a title."""

import pytest

from memo_coach.coaching.memo.parser import parse_memo

BODY = "Buy it now, before the price rises."


@pytest.mark.parametrize(
    "head",
    [
        "Subject: Boiler\nSent: 3 May\nCC: Bob\nFrom: Ann\nTo: The Board",
        "Enviado: 3 May\nTema: Boiler\nCco: Bob\nRemitente: Ann\nDestinatario: The Board",
        "Attn: The Board\nVia: Cleo\nBcc: Bob\nFrom: Ann\nDate: 3 May\nRef: 7/3\nSubject: Boiler",
        "A la atención de: The Board\nDe: Ann\nFecha: 3 May\nAsunto: Boiler\nN/Ref.: 7/3",
        "| To | The Board |\n|---|---|\n| From | Ann |\n| Date | 3 May |\n| Subject | Boiler |",
        "| | |\n|-|-|\n| **To:** | The Board |\n| **From:** | Ann |\n| **Date:** | 3 May |\n| Re: | Boiler |",
        "To | The Board\nFrom | Ann\nDate | 3 May\nSubject | Boiler",
        "MEMORANDUM\n==========\n\nTO: The Board\nFROM: Ann\nDATE: 3 May\nRE: Boiler\n\n----------",
        "*** MEMORANDUM ***\n\n__To:__ The Board\n__From:__ Ann\n__Date:__ 3 May\n__Re:__ Boiler",
        "### TO: The Board\n### FROM: Ann\n### DATE: 3 May\n### SUBJECT: Boiler",
        "# MEMO\n\n**To:** The Board\n**From:** Ann\n**Date:** 3 May\n\n## **Subject:** Boiler",
        "| Field | Value |\n|---|---|\n| To | The Board |\n| From | Ann |\n| Date | 3 May |\n| Re | Boiler |",
        "| To: | The Board | From: | Ann |\n|---|---|---|---|\n| Date: | 3 May | Subject: | Boiler |",
        "| TO: The Board |\n|---|\n| FROM: Ann |\n| DATE: 3 May |\n| **SUBJECT:** Boiler |",
        "| TO: The Board | FROM: Ann |\n|---|---|\n| DATE: 3 May | SUBJECT: Boiler |",
        "| To | From | Date | Subject |\n|---|---|---|---|\n| The Board | Ann | 3 May | Boiler |",
        "____\nMEMORÁNDUM\n____\n\n**Para**: The Board\n**De**: Ann\n**Fecha**: 3 May\n**Ref**: Boiler",
    ],
)
def test_what_the_head_says_is_read(head: str) -> None:
    memo = parse_memo(f"{head}\n\n{BODY}")
    said = [memo.header_value(name) for name in ("to", "from", "date", "subject")]
    assert said == ["The Board", "Ann", "3 May", "Boiler"]
    assert [sentence.text for sentence in memo.sentences] == [BODY]
    assert all(memo.quote(line.value_span) == line.value for line in memo.header)


@pytest.mark.parametrize(
    "text",
    [
        "| To | From |\n|---|---|\n| Paris | Rome |\n| Rome | Paris |\n",
        "| To | Days |\n|---|---|\n| Rome | 3 |\n",
        "# Routes\n\n| To | Rome |\n|---|---|\n| Days | 3 |\n",
        "We go by train.\n\n| From | Rome |\n|---|---|\n| To | Paris |\n",
    ],
)
def test_a_table_that_is_no_head_stays_a_table(text: str) -> None:
    memo = parse_memo(text)
    assert memo.header == ()
    assert "table" in {block.kind for block in memo.blocks}


def test_a_heading_that_names_the_subject_alone_is_read() -> None:
    memo = parse_memo(f"### SUBJECT: Boiler\n\n{BODY}")
    assert memo.header_value("subject") == "Boiler"
    assert [sentence.text for sentence in memo.sentences] == [BODY]
    assert parse_memo(f"## Via: the port\n\n{BODY}").header == ()
    assert parse_memo(f"### SUBJECT:\n\n{BODY}").header == ()
