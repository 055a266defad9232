"""The local page: what does a file prove, for somebody with a browser and no command line? Nothing leaves here."""
