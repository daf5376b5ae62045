"""The addresses of the files that the browser gets as they are, for pages of the framework."""

from memo_coach.web.site_files import ASSETS, asset

__all__ = ("ASSETS", "asset")
