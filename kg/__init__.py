"""Stringer: news articles in, a knowledge graph with receipts out."""
