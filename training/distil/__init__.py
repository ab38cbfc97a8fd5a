"""Distillation: the default weights learn a teacher's features and embeddings from pictures without names."""
