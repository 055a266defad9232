"""Pictures in single frames: where do pixels, metadata and manifest lie in JPEG, PNG and GIF?"""
