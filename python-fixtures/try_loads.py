"""What `pickle.loads` makes of pickles, as a vnpy server calls it: one base64 pickle a line in, one JSON line out.

    {"type": "range"}                            it was loaded
    {"error": "ValueError: ..."}                 it raised
"""
import base64
import json
import pickle
import sys

for line in sys.stdin:
    try:
        answer = {"type": type(pickle.loads(base64.b64decode(line))).__name__}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer))
