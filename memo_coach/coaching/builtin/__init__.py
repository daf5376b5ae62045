"""The built-in coach: detectors, words, sentences, scores. Offline and deterministic."""
