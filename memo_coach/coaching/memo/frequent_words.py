"""The most frequent words of English, Spanish and some of their neighbours, and how many a text has.

Each list holds the words that a language shares with others too, so that a text counts for every language
that it could be in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from memo_coach.coaching.memo.words import word_set

_FREQUENT = {
    "en": """
        the of and to in is that for it with as was on are be this by at from or an which have has had
        were not but you his her they he she we our their your its will would can could should must may
        if when what who how why where there these those than then them been do does a i no all more one
        two each per any other into about over after before between up out so also only please us need
    """,
    "es": """
        el la los las de del y que en un una unos unas por para se su sus al lo con como más pero o a no
        es son este esta estos estas ese esa esto está están ser fue era han ha hay también muy ya si
        sin cuando donde porque entre sobre desde hasta cada todo todos todas otro otra dos tres nos
        nuestra nuestro debe puede tiene año años le les me ni sino qué cómo
    """,
    "fr": """
        le la les de du des et que en un une pour par se sa son ses au aux avec comme plus mais ou à ne
        pas est sont ce cette ces être été a ont il elle nous vous ils elles qui dans sur sans si tout
        tous toutes notre nos votre vos leur leurs cela donc où fait très aussi chaque deux trois depuis
        avant après entre nos je y peut doit afin afin ainsi
    """,
    "de": """
        der die das den dem des und ist in zu von mit auf für im nicht ein eine einen einem einer eines
        sich es als auch an nach bei aus wird werden wurde sind war hat haben wir sie ich er ihr unsere
        unser uns nur noch über um am zum zur oder aber wenn dass so wie kann können muss müssen soll
        diese dieser dieses mehr bis durch vor seit sehr alle pro jede jeder jedes bitte
    """,
    "pt": """
        o a os as de do da dos das e que em no na nos nas um uma uns umas por para pelo pela se seu sua
        seus suas ao à aos às com como mais mas ou não é são este esta estes estas isto está estão ser
        foi foram era há também muito já sem quando onde porque entre sobre desde até cada todo todos
        todas outro outra dois três nosso nossa nossos nossas deve pode podemos tem temos ano anos lhe
        depois
    """,
    "it": """
        il lo la i gli le di del dello della dei degli delle e che in un una uno per da dal dalla si suo
        sua al allo alla ai alle con come più ma o non è sono questo questa questi queste essere stato
        ha hanno abbiamo ci anche molto già se senza quando dove perché tra fra su sul sulla nel nella
        nei nelle ogni tutto tutti due tre nostro nostra nostri nostre deve può possiamo anno anni entro
        dopo vi
    """,
    "ca": """
        el la els les de del dels i que en un una uns unes per per a es al als amb com més però o no és
        són aquest aquesta aquests aquestes això ser va van ha han hi hem també molt ja si sense quan on
        perquè entre sobre des fins cada tot tots totes altre altres dos tres ens nostre nostra seu seva
        seus deu pot podem té any anys abans després us ho només l'any d'un d'una
    """,
    "gl": """
        o a os as de do da dos das e que en no na nos nas un unha uns unhas por para polo pola se seu
        súa ao á aos ás con como máis pero ou non é son este esta estes estas isto está están ser foi
        foron era hai tamén moi xa sen cando onde porque entre sobre desde ata cada todo todos todas
        outro outra dous tres noso nosa nosos nosas debe pode podemos ten temos ano anos lle despois
    """,
    "nl": """
        de het een en van in is dat op te voor met zijn niet aan er om ook als bij uit door naar over
        wordt worden werd heeft hebben had wij we zij ze ik hij u uw ons onze hun dit deze die maar of
        nog meer dan wel geen kan kunnen moet moeten zou zal zullen elke per tot tijdens na sinds omdat
        zodat wat wie waar daarom alle
    """,
    "pl": """
        i w na z do że nie się o jest to za od po przez dla ze oraz są był była było być jak ale lub czy
        może możemy ma mamy tego tej ten ta te tym już tylko także co każdy każda jeśli gdy ponieważ aby
        przed pod nad między nas nasz nasza naszego naszej jego ich które który która będzie bardzo roku
        we u a
    """,
    "sv": """
        och i att det som en ett på är av för med till den inte om har de vi kan ska från vid men eller
        så var sig när under efter före vår våra vårt hade skulle detta denna dessa där här också bara
        mycket mer än alla varje måste vara blir två tre eftersom genom utan mot mellan oss er era
    """,
    "da": """
        og i at det som en et på er af for med til den ikke om har de vi kan skal fra ved men eller så
        var sig når under efter før vår våre vores havde ville dette denne disse der her også bare kun
        meget mere end alle hver må være bliver to tre fordi gjennom uden uten mot mod mellem mellom oss
        os jeg blir av etter hadde
    """,
    "ro": """
        și în de la a cu pe pentru din că nu este sunt se o un al ai ale ca mai sau dar dacă fi fost
        avea are au am ne noi care ce acest această aceste acestui prin după până între fără foarte doar
        trebuie poate putem fiecare toate tot ani anul lor lui ei sa său iar către despre
    """,
    "tr": """
        ve bir bu için ile da de en çok daha olarak olan gibi kadar sonra önce her ne var yok değil ise
        veya ama ancak biz bizim bu şu o göre üzere tarafından ki mi olduğu olduğunu etmek yıl yılda iki
        üç tüm bütün gerekir gerekiyor lütfen
    """,
}

LANGUAGES = tuple(_FREQUENT)


@cache
def frequent_words(code: str) -> frozenset[str]:
    """Return the most frequent words of a language, in small letters."""
    return word_set(_FREQUENT[code])


@dataclass(frozen=True, slots=True)
class WordCounts:
    """How many words there are, and how many of them are frequent ones of each language."""

    total: int
    by_language: dict[str, int]

    def of(self, code: str) -> int:
        """How many are frequent words of a language."""
        return self.by_language.get(code, 0)


def counts_of(words: Iterable[str]) -> WordCounts:
    """Count words (in small letters) for each language."""
    languages_of = _languages_of_words()
    forms = Counter(words)
    counts: dict[str, int] = {}
    for form in forms.keys() & languages_of.keys():
        for code in languages_of[form]:
            counts[code] = counts.get(code, 0) + forms[form]
    return WordCounts(forms.total(), counts)


@cache
def _languages_of_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code in LANGUAGES:
        for word in frequent_words(code):
            found[word] = (*found.get(word, ()), code)
    return found
