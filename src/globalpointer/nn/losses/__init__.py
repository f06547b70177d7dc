"""What training makes small, and a metric to watch beside it."""
