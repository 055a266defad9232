"""The commands on lists, distrust and issuers."""
