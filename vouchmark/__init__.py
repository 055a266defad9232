"""The report: what a reader may and may not conclude, from the media and from the person."""

__version__ = "0.1.0"
