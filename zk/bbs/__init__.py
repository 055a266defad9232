"""BBS signatures, blind signatures and pseudonyms over BLS12-381: the three drafts, from curve to proof."""
