"""Encoders: token ids to one vector a token, pretrained (huggingface) or trained from scratch (the others)."""
