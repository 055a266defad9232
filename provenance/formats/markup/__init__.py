"""What stands in a text with tags (XML, XHTML, SVG), and where does it lead to?"""
