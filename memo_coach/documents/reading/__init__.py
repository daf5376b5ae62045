"""Reading a file that somebody hands in, Word, PDF or plain text, as Markdown.

Word and PDF files are read in a process of their own (:mod:`.process`), which may do little
(:mod:`.confinement`): a parser of such files is where a hostile one attacks.
"""
