"""Pictures: documents as HTML and in the terminal, arcs and graphs, score grids, training curves."""
