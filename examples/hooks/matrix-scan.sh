#!/bin/sh
# Matrix content scanner: `scan.script`. It is given the path of one downloaded file and ends with 0 for a clean one.
#
# In its configuration:
#   scan:
#     script: /path/to/matrix-scan.sh
#   result_cache:
#     exit_codes_to_ignore: [2, 3, 4, 126, 127]   # no answer about the file; anything but 0 still holds it back
#
# Unsigned files pass. Altered, distrusted, broken, unreadable, too large and too slow ones do not.
set -eu
exec vouchmark check -qq --fail-on review "${1:?got no file, expected the path of one}"
