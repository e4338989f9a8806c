"""Training of the scorers that read descriptions of terms: ``python -m kg.training.terms``."""
