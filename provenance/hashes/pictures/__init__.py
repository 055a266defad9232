"""Pictures: PDQ, and what two pictures have in common and where they differ."""
