"""From vectors to scores: one file a head."""
