#!/bin/sh
# Sees to it that there is a Chromium for the browser tests; does nothing where one is found.
# Usage: get_chromium.sh [PYTHON], the Python that has playwright (default: python3).
set -eu
python=${1:-python3}

if [ -n "${MINIONS_CHROMIUM:-}" ]; then
    [ -x "$MINIONS_CHROMIUM" ] && exit 0
    echo "MINIONS_CHROMIUM is $MINIONS_CHROMIUM, which is no program" >&2
    exit 1
fi
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
own=$("$python" -c '
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
' 2>/dev/null) || own=
[ -n "$own" ] && [ -x "$own" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq && apt-get install -y -qq chromium; then
        command -v chromium >/dev/null 2>&1 && exit 0
    fi
fi
"$python" -m playwright install chromium && exit 0

echo "No Chromium for the browser tests: install one (Debian: apt-get install chromium)," >&2
echo "or name yours: MINIONS_CHROMIUM=/path/to/chrome make test" >&2
exit 1
