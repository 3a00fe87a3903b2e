#!/bin/sh
# Makes the conformance vectors anew with real JAX. Only whoever changes a case needs this:
# the vectors are committed, so running the tests needs no Python.
#
#   tests/conformance/regenerate.sh                  all vectors
#   tests/conformance/regenerate.sh elementwise      one file of cases
#   tests/conformance/regenerate.sh result-types     the dtypes of results (result-types.yaml)
#   tests/conformance/regenerate.sh weak-derivatives the types of derivatives (weak-derivatives.yaml)
#   tests/conformance/regenerate.sh lesson-calls     the calls of the lessons' cells (lesson-calls.yaml)
#   tests/conformance/regenerate.sh random:bits      the cases of that file whose id contains "bits"
#
# Needs Python 3.11 or later and, the first time, PyPI. The versions are pinned in requirements.txt;
# the virtual environment is kept in .cache/conformance-venv, or is the one that JAX_VENV names.
# To change a case: edit cases/*.yaml, run this for that file, read the diff of vectors/, commit both.
# A vector is never edited by hand: when the core disagrees with it, the core is wrong.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${JAX_VENV:-$here/../../.cache/conformance-venv}
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
fi
export JAX_PLATFORMS=cpu
# The types of results and of derivatives and the calls of the lessons are tables of their own: result-types.yaml,
# weak-derivatives.yaml, lesson-calls.yaml.
[ "${1:-result-types}" != result-types ] || "$venv/bin/python" "$here/generate/result_types.py"
[ "${1:-weak-derivatives}" != weak-derivatives ] || "$venv/bin/python" "$here/generate/weak_derivatives.py"
[ "${1:-lesson-calls}" != lesson-calls ] || "$venv/bin/python" "$here/generate/lesson_calls.py"
case "${1:-}" in result-types | weak-derivatives | lesson-calls) exit ;; esac
exec "$venv/bin/python" "$here/generate/generate.py" "$@"
