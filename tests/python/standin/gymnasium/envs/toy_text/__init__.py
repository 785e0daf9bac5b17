"""Toy text, by the tables of traces/README.md."""
