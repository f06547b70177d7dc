"""Pictures: documents as HTML and in the terminal, score grids, training curves."""
