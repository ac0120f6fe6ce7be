"""The recogniser's worker process: a line of JSON in, a line of JSON out, until its input ends.

In:  {"id": 7, "grammar": "#JSGF V1.0; ...", "audio": "<base64 of mu-law at 8 kHz>"}
Out: {"id": 7, "text": "twelve", "confidence": 0.91, "alternatives": [["twenty", 0.04]]} or {"id": 7, "error": "..."};
     at first {"id": 0, "ready": true}.
"""

import base64
import json
import os
import signal
import sys
from typing import Any

from bakame.providers.local.hearing import Ear


def main() -> None:
    # The server decides when a worker ends, by closing its input: Ctrl-C in a terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Only replies may reach the server, whatever a library prints.
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    ear = Ear()
    print(json.dumps({"id": 0, "ready": True}), file=replies)
    for line in sys.stdin.buffer:
        print(json.dumps(answer(ear, json.loads(line))), file=replies)


def answer(ear: Ear, request: dict[str, Any]) -> dict[str, Any]:
    try:
        heard = ear.hear(base64.b64decode(request["audio"]), grammar=request["grammar"])
    except (ValueError, KeyError, IndexError) as error:
        return {"id": request["id"], "error": str(error)}
    return {
        "id": request["id"],
        "text": heard.text,
        "confidence": heard.confidence,
        "alternatives": heard.alternatives,
    }


if __name__ == "__main__":
    main()
