"""What is a bundle on the disk: where everything lies, how it is written whole, and how it is read back?"""
