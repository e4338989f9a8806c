"""Public benchmarks that the shipped model is measured on and never trained on, each with its own rule.

``python -m kg.training.benchmarks DATA [MODEL_FILE]`` measures the dev splits of KnowledgeNet,
MEANTIME, GUM and CaRB and prints the figures for the model card as one JSON object.
"""
