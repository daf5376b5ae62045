"""An evaluation as a PDF that a screen reader can read, made by Typst in a process of its own."""
