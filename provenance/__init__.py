"""The media: what a file itself proves (Content Credentials, digests, declared AI use)."""
