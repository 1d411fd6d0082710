#!/usr/bin/env bash
# Tests one end of the versions a framework's adapter works with, in a fresh virtual environment:
#     tests/matrix/run.sh langchain-oldest
# The oldest end is pinned by the file of its name beside this script. An end without such a file,
# as the newest is, has whatever pip finds. One end lies outside those versions: query-pipeline, the
# last LlamaIndex with a QueryPipeline, which runs the tests of that alone.
set -euo pipefail
cd "$(dirname "$0")/../.."

end=$1
framework=${end%-*}  # langchain, llama-index
bin=.matrix/$end/bin
pins=tests/matrix/$end.txt

if [ "$end" = query-pipeline ]; then
    packages=(-e ".[test]" llama-index-core)  # without the extra, which asks for a younger core
    tests=(tests/matrix/query_pipeline.py)
else
    packages=(-e ".[test-$framework]")
    # test_wire.py runs the test server against the clients of all frameworks at once.
    tests=("tests/${framework//-/_}" tests/clients --ignore=tests/clients/test_wire.py)
fi

"${PYTHON:-python3}" -m venv --clear ".matrix/$end"
if [ -f "$pins" ]; then constraints=(--constraint "$pins"); else constraints=(); fi
"$bin/pip" install --quiet --disable-pip-version-check "${constraints[@]}" "${packages[@]}"

echo "== $end"
"$bin/python" --version
"$bin/pip" list --disable-pip-version-check | grep --extended-regexp '^(lang|llama|ollama|openai|pydantic )'

"$bin/python" -m pytest -q -p no:cacheprovider "${tests[@]}"
