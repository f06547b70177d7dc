"""What people annotate, and how it lies on tokens and windows. Offsets are code points, half-open."""
