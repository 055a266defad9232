"""Manifests, how they are linked, and what each of them says."""
