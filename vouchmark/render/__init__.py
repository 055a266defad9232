"""Renderers: each sees a Report and nothing else."""
