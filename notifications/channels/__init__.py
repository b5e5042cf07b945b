"""The ways a notice takes."""
