"""Cases, procedure and the law."""
