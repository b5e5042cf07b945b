"""Telling those who should know."""
