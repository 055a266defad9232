"""Whom tests know: issuers, wallets, platforms, and their databases."""
