"""Installing as people do it, from an index, with the pips that they have: ``make installation``.

These take minutes and a network, so the suite does not collect them: no file is called ``test_…``.
"""
