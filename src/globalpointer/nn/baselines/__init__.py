"""Other ways to find the same cells: one file a method, each an Extractor."""
