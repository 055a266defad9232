"""Manifest stores: boxes, labels, and whether every octet is accounted for."""
