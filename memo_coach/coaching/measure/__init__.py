"""How well a coach reads: its feedback compared with what a careful reader wrote down about the same texts.

``elements.py`` names the parts of a memo, ``annotations.py`` reads what the reader wrote, ``claims.py`` says
what a comment claims, ``counting.py`` compares the two on one text, and ``figures.py`` sums up.
"""
