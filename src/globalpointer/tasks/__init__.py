"""Annotations to cells, and cells to annotations; one file a task."""
