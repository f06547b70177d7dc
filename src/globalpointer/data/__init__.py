"""Files to documents, documents to batches, and a look at both before training."""
