"""Evidence: one chained, append-only line for every change."""
