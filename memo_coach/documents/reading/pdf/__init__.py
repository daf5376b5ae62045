"""PDF files: pdfium gives letters and places; lines, headings, lists and paragraphs are worked out."""
