"""Rubric documents: YAML in, a complete and checked :class:`~memo_coach.coaching.rubric.model.Rubric` out.

Every fault of a document is collected before it is refused, each with its line and reason, so that whoever
edits it sees all at once. ``docs/coach.md`` says how to write one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from itertools import chain
from pathlib import Path

from memo_coach.coaching.builtin.analysis.patterns import fault_of_pattern, take_too_long
from memo_coach.coaching.builtin.findings import registered_detectors
from memo_coach.coaching.documents.document_reader import DocumentReader
from memo_coach.coaching.documents.faults import RUBRIC, Fault, Place, at
from memo_coach.coaching.documents.yaml_documents import Node, UnreadableDocument, read_yaml
from memo_coach.coaching.errors import BrokenRubric, UnknownRubric
from memo_coach.coaching.rubric.model import Cap, Criterion, IndicatorShare, PatternDetector, Rubric

FOLDER = Path(__file__).parent / "shipped"
WEIGHTS_TOLERANCE = 0.01
"""By how much the weights of a rubric's criteria may miss 100."""

_RUBRIC_KEYS = ("id", "position", "name", "description", "criteria", "caps", "detectors")
_CRITERION_KEYS = ("id", "name", "description", "weight", "guidance", "indicators", "caps")
_CAP_KEYS = ("indicator", "below", "at_most", "reason")
_DETECTOR_KEYS = ("indicator", "name", "patterns", "full", "flags", "comment", "question", "suggestion")
_A_CRITERION, _A_DETECTOR = Place("a_criterion"), Place("a_detector")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def load_rubric(text: str, *, source: str) -> Rubric:
    """Read a rubric document.

    Args:
        text: the YAML.
        source: what to call the document in messages, such as its file name.

    Raises:
        BrokenRubric: the document has faults. The message has one line for each, ``source:line: reason``,
            and the attribute ``faults`` holds those lines as a tuple.
    """
    try:
        root, faults = read_yaml(text)
    except UnreadableDocument as error:
        raise BrokenRubric(source, [error.fault]) from error
    reader = _RubricReader(faults)
    rubric = reader.rubric(root)
    if faults:
        raise BrokenRubric(source, faults)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return replace(rubric, version=digest[:12])


@cache
def shipped_rubrics() -> tuple[Rubric, ...]:
    """Return the rubrics that come with the product, the default one first; read once."""
    paths = sorted(FOLDER.glob("*.yaml"))
    rubrics = [load_rubric(path.read_text("utf-8"), source=path.name) for path in paths]
    return tuple(sorted(rubrics, key=lambda rubric: (rubric.position, rubric.id)))


def shipped_rubric(rubric_id: str) -> Rubric:
    """Return one of the rubrics that come with the product.

    Raises:
        UnknownRubric: none has the id; the message names those that exist.
    """
    for rubric in shipped_rubrics():
        if rubric.id == rubric_id:
            return rubric
    known = ", ".join(rubric.id for rubric in shipped_rubrics())
    raise UnknownRubric(f"There is no rubric “{rubric_id}”. The rubrics are: {known}.")


def _registered_indicators() -> frozenset[str]:
    # The registry fills by import; importing it here keeps reading a rubric free of the detectors' cost
    # until one is read, and breaks the circle between the two.
    import memo_coach.coaching.builtin.detectors  # noqa: F401, PLC0415

    return frozenset(name for detector in registered_detectors() for name in detector.indicators)


class _RubricReader(DocumentReader):
    """Turns the nodes of one document into a rubric, collecting faults on the way."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.known: frozenset[str] = frozenset()

    def rubric(self, root: Node) -> Rubric:
        entries = self.mapping(root, RUBRIC, _RUBRIC_KEYS)
        registered = _registered_indicators()
        detectors = self._detectors(entries.get("detectors"), registered)
        self.known = registered | {detector.indicator for detector in detectors}
        rubric = Rubric(
            id=self.identifier(entries, root, RUBRIC),
            version="",
            name=self.localised(entries, "name", root, RUBRIC),
            description=self.localised(entries, "description", root, RUBRIC),
            criteria=self._criteria(entries.get("criteria"), root),
            caps=self._caps(entries.get("caps"), RUBRIC),
            detectors=detectors,
            position=self.whole(entries.get("position"), RUBRIC, "position", 0, 10_000, default=100),
        )
        self._check_weights(rubric, entries.get("criteria"))
        return rubric

    def _criteria(self, node: Node | None, root: Node) -> tuple[Criterion, ...]:
        if node is None:
            self.fault(root, RUBRIC, "missing", key="'criteria'")
            return ()
        items = self.list(node, RUBRIC.part("'criteria'"))
        if not items:
            self.fault(node, RUBRIC, "no_criterion")
        seen: dict[str, int] = {}
        criteria = []
        for item in items:
            criterion = self._criterion(item)
            if criterion.id in seen:
                place = Place("criterion", repr(criterion.id))
                self.fault(item, place, "id_taken", line=str(seen[criterion.id]))
            if criterion.id:
                seen.setdefault(criterion.id, item.line)
            criteria.append(criterion)
        return tuple(criteria)

    def _criterion(self, node: Node) -> Criterion:
        entries = self.mapping(node, _A_CRITERION, _CRITERION_KEYS)
        criterion_id = self.identifier(entries, node, _A_CRITERION)
        where = Place("criterion", repr(criterion_id)) if criterion_id else _A_CRITERION
        if "weight" not in entries:
            self.fault(node, where, "missing", key="'weight'")
        return Criterion(
            id=criterion_id,
            name=self.localised(entries, "name", node, where),
            description=self.localised(entries, "description", node, where),
            weight=self.number(entries.get("weight"), where, "weight", 0, 100),
            guidance=self._guidance(entries.get("guidance"), node, where),
            indicators=self._shares(entries.get("indicators"), where),
            caps=self._caps(entries.get("caps"), where),
        )

    def _guidance(self, node: Node | None, parent: Node, where: Place) -> dict[int, dict[str, str]]:
        if node is None:
            self.fault(parent, where, "guidance_missing")
            return {}
        entries = self.mapping(node, where.part("guidance"), ("1", "2", "3", "4", "5"))
        return {
            level: self.localised(entries, str(level), node, where.part("guidance")) for level in range(1, 6)
        }

    def _shares(self, node: Node | None, where: Place) -> tuple[IndicatorShare, ...]:
        if node is None or node.is_empty:
            return ()
        shares = []
        for name, value in self.mapping(node, where.part("indicators"), None).items():
            self._check_indicator(name, node.key_lines.get(name, value.line), where)
            weight = self.number(value, where, Place("weight_of", repr(name)), 0, 1_000)
            if weight == 0:
                self.fault(value, where, "weight_above", name=repr(name))
            shares.append(IndicatorShare(name, weight))
        return tuple(shares)

    def _check_indicator(self, name: str, line: int, where: Place) -> None:
        if name in self.known:
            return
        close = get_close_matches(name, sorted(self.known), n=1)
        if close:
            self.fault_at(line, where, "unknown_indicator_hint", name=repr(name), close=repr(close[0]))
        else:
            self.fault_at(line, where, "unknown_indicator", name=repr(name))

    def _caps(self, node: Node | None, where: Place) -> tuple[Cap, ...]:
        if node is None or node.is_empty:
            return ()
        items = self.list(node, where.part("'caps'"))
        return tuple(self._cap(item, where.holding("cap")) for item in items)

    def _cap(self, node: Node, where: Place) -> Cap:
        entries = self.mapping(node, where, _CAP_KEYS)
        for key in _CAP_KEYS[:3]:
            if key not in entries:
                self.fault(node, where, "missing", key=repr(key))
        indicator = self.text(entries.get("indicator"), where, "indicator")
        if indicator:
            self._check_indicator(indicator, entries["indicator"].line, where)
        return Cap(
            indicator=indicator,
            below=self.number(entries.get("below"), where, "below", 0, 1),
            at_most=self.number(entries.get("at_most"), where, "at_most", 1, 5, default=5),
            reason=self.localised(entries, "reason", node, where),
        )

    def _detectors(self, node: Node | None, registered: frozenset[str]) -> tuple[PatternDetector, ...]:
        if node is None or node.is_empty:
            return ()
        detectors: list[PatternDetector] = []
        for item in self.list(node, RUBRIC.part("'detectors'")):
            detector = self._detector(item)
            if detector.indicator in registered:
                self.fault(item, _A_DETECTOR, "own_indicator", name=repr(detector.indicator))
            elif detector.indicator and detector.indicator in {other.indicator for other in detectors}:
                self.fault(item, _A_DETECTOR, "indicator_taken", name=repr(detector.indicator))
            detectors.append(detector)
        if not self.faults:
            self._check_work(detectors, node)
        return tuple(detectors)

    def _check_work(self, detectors: Sequence[PatternDetector], node: Node) -> None:
        for language in dict.fromkeys(name for detector in detectors for name in detector.patterns):
            if take_too_long(chain.from_iterable(each.patterns.get(language, ()) for each in detectors)):
                self.fault(node, None, "patterns_slow", language=repr(language))

    def _detector(self, node: Node) -> PatternDetector:
        entries = self.mapping(node, _A_DETECTOR, _DETECTOR_KEYS)
        indicator = self.identifier(entries, node, _A_DETECTOR, key="indicator")
        where = Place("detector", repr(indicator)) if indicator else _A_DETECTOR
        return PatternDetector(
            indicator=indicator,
            patterns=self._patterns(entries.get("patterns"), node, where),
            full=self.whole(entries.get("full"), where, "full", 1, 100, default=1),
            flags=self.boolean(entries.get("flags"), where, "flags"),
            comment=self.localised(entries, "comment", node, where),
            question=self.localised(entries, "question", node, where),
            suggestion=self.localised(entries, "suggestion", node, where),
            name=self.localised(entries, "name", node, where),
        )

    def _patterns(self, node: Node | None, parent: Node, where: Place) -> dict[str, tuple[str, ...]]:
        if node is None:
            self.fault(parent, where, "missing", key="'patterns'")
            return {}
        patterns: dict[str, tuple[str, ...]] = {}
        for language, value in self.mapping(node, where.part("patterns"), None).items():
            if not _LANGUAGE.fullmatch(language):
                self.fault(value, where, "no_language", language=repr(language))
            items = self.list(value, where.holding("patterns", language=repr(language)))
            patterns[language] = tuple(self._pattern(item, where) for item in items)
        return patterns

    def _pattern(self, node: Node, where: Place) -> str:
        pattern = self.text(node, where, Place("a_pattern"))
        reason = fault_of_pattern(pattern) if pattern else None
        if reason:
            self.faults.append(Fault(node.line, at(where, reason)))
        return pattern

    def _check_weights(self, rubric: Rubric, node: Node | None) -> None:
        total = sum(criterion.weight for criterion in rubric.criteria)
        if node is not None and rubric.criteria and abs(total - 100) > WEIGHTS_TOLERANCE:
            self.fault(node, None, "weights", total=f"{total:g}")
