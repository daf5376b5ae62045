"""Which language a request or a page is in: English pages stand at their path, others below ``/<code>``."""

from __future__ import annotations

from typing import Final

from memo_coach.translations import ENGLISH, current_language, languages

COOKIE: Final = "language"
"""Set by ``assets/theme.js`` where a person chooses; it is no secret."""
SEARCHED: Final = ("/", "/help")
"""Pages that are the same for everybody: only to these ``robots.txt`` lets search engines."""
LONGEST_HEADER = 2_000
MOST_RANGES = 20


def localised_path(path: str) -> str:
    """Return where a page stands in the language that is spoken; ``path`` may have a query and a fragment."""
    return path_in(current_language(), path)


def path_in(language: str, path: str) -> str:
    """Return where a page stands in a language, by its English path."""
    if language == ENGLISH:
        return path
    begins_at_home = path == "/" or path.startswith(("/?", "/#"))
    return f"/{language}{path[1:] if begins_at_home else path}"


def alternates(path: str, origin: str) -> str | None:
    """Return a ``Link`` header (RFC 8288) with a page's addresses in every language, or none.

    Addresses have to be whole, and a page that is built does not know by which name it is reached.
    """
    asked = path.rstrip("/")
    of_every_language = ((each, name) for name in SEARCHED for each in languages())
    name = next((name for each, name in of_every_language if asked == path_in(each, name).rstrip("/")), None)
    if name is None:
        return None
    written = {"x-default": path_in(ENGLISH, name), **{each: path_in(each, name) for each in languages()}}
    return ", ".join(
        f'<{origin}{address}>; rel="alternate"; hreflang="{each}"' for each, address in written.items()
    )


def language_of_path(path: object) -> str:
    """Return the language of the page at a path, which may be anything that somebody sent."""
    if not isinstance(path, str) or not path.startswith("/"):
        return ENGLISH
    code = path[:LONGEST_HEADER].split("/", 2)[1]
    return code if code in languages() else ENGLISH


def language_asked_for(cookies: str | None, accepted: str | None) -> str:
    """Return the language of a request: the one that was chosen, else the one that the browser likes best.

    Args:
        cookies: the ``Cookie`` header.
        accepted: the ``Accept-Language`` header (RFC 9110, 12.5.4).
    """
    return _chosen(cookies or "") or _preferred(accepted or "") or ENGLISH


def _chosen(cookies: str) -> str | None:
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    return next((value for name, _, value in pairs if name == COOKIE and value in languages()), None)


def _preferred(accepted: str) -> str | None:
    ranges = [_range(each) for each in accepted[:LONGEST_HEADER].split(",")[:MOST_RANGES]]
    # Sorting keeps the order of those that are liked alike.
    ordered = sorted(ranges, key=lambda each: -each[1])
    return next((code for code, liked in ordered if liked > 0 and code in languages()), None)


def _range(written: str) -> tuple[str, float]:
    """Return the language of ``es-MX;q=0.8`` without its region, and how much it is liked."""
    tag, _, parameter = written.partition(";")
    name, _, value = parameter.strip().partition("=")
    try:
        liked = float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        liked = 0.0
    return tag.strip().lower().partition("-")[0], liked
