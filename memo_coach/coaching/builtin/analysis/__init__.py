"""What several detectors read in a memo: figures, dates, people, passages, terms, and the words for them."""
