{
    "name": "Vouchmark Enricher",
    "type": ["enricher"],
    "requires_setup": False,
    "dependencies": {"python": ["vouchmark"]},
    "configs": {
        "time_limit": {"default": 30, "type": "int", "help": "seconds for one file"},
    },
    "description": """
    Says what archived media prove of themselves: Content Credentials (C2PA), their signer and history, and declared AI
    use.

    ### Features
    - Sets one property, `vouchmark`, on media where something was found: the first line of the report.
    - Keeps the whole report as a page beside such media.

    ### Notes
    - Offline. Skips screenshots and thumbnails, which the archiver made itself.
    - Media in which nothing is found get no property: that is true of most, and says nothing about them.
    """,
}
