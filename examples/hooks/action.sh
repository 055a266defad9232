#!/usr/bin/env bash
# What the composite action (action.yml) runs. Everything comes by environment variables, never by text in a script:
#   PATHS    files and folders, one a line
#   FAIL_ON  the outcome from which on the step fails
#   POLICY   your policy; the built-in one where empty
#   REPORT   where reports go, as JSON lines; answers go to the log where empty
#   VOUCHMARK  the command; `vouchmark` where empty
set -euo pipefail

paths=()
while IFS= read -r line; do
  if [ -n "$line" ]; then paths+=("$line"); fi
done <<< "${PATHS:-}"
if [ "${#paths[@]}" -eq 0 ]; then
  echo "error: got no paths, expected files and folders, one a line" >&2
  exit 2
fi

words=(check --fail-on "${FAIL_ON:-review}")
if [ -n "${POLICY:-}" ]; then words+=(--policy "$POLICY"); fi
if [ -n "${REPORT:-}" ]; then words+=(--format jsonl --output "$REPORT"); else words+=(--quiet); fi

# A runner obeys lines of the log such as ::add-path::, and names of files stand in it.
stop="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
echo "::stop-commands::$stop"
code=0
"${VOUCHMARK:-vouchmark}" "${words[@]}" -- "${paths[@]}" || code=$?
echo "::$stop::"

case "$code" in
  0) result=passed ;;
  1) result=held ;;
  *) result=undecided ;;
esac
if [ -n "${GITHUB_OUTPUT:-}" ]; then printf 'result=%s\n' "$result" >> "$GITHUB_OUTPUT"; fi
exit "$code"
