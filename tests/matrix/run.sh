#!/usr/bin/env bash
# Tests one end of the versions a framework's adapter works with, in a fresh virtual environment:
#     tests/matrix/run.sh langchain-oldest
# The oldest end is pinned by the file of its name beside this script. An end without such a file,
# as the newest is, has whatever pip finds.
set -euo pipefail
cd "$(dirname "$0")/../.."

end=$1
framework=${end%-*}  # langchain, llama-index
bin=.matrix/$end/bin
pins=tests/matrix/$end.txt

"${PYTHON:-python3}" -m venv --clear ".matrix/$end"
if [ -f "$pins" ]; then constraints=(--constraint "$pins"); else constraints=(); fi
"$bin/pip" install --quiet --disable-pip-version-check "${constraints[@]}" -e ".[test-$framework]"

echo "== $end"
"$bin/python" --version
"$bin/pip" list --disable-pip-version-check | grep --extended-regexp '^(lang|llama|ollama|openai|pydantic )'

# test_wire.py runs the test server against the clients of all frameworks at once.
"$bin/python" -m pytest -q -p no:cacheprovider --ignore=tests/clients/test_wire.py \
    "tests/${framework//-/_}" tests/clients
