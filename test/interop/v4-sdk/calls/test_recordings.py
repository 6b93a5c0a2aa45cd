"""
The measure itself: what real servers answered must fit the SDKs' classes as well, or the comparison says nothing about
the simulator.
"""

import json
from pathlib import Path

import pytest

from harness.clients import FIRST_SDKS
from harness.model_check import ModelCheck

FOLDER = Path(__file__).parents[3] / "golden" / "prism-v4"


def recorded_answers():
    """Every recorded answer with a v4 body, by the name of its file and its place there."""
    for file in sorted(FOLDER.rglob("*.json")):
        for place, exchange in enumerate(json.loads(file.read_text())):
            body = exchange["response"]["body"]
            namespace = exchange["request"]["path"].split("/")[2]
            if isinstance(body, dict) and "data" in body:
                product = exchange["response"]["headers"]["X-Ntnx-Product"]
                newer = FIRST_SDKS and not product.startswith("pc.2024.3")
                yield pytest.param(namespace, body, newer, id=f"{file.stem} {place}")


@pytest.mark.parametrize(("namespace", "body", "newer_server"), recorded_answers())
def test_fits(namespace, body, newer_server):
    check = ModelCheck(f"ntnx_{namespace}_py_client", newer_server)
    # Errors have no name of their own outside `data`.
    answer = body if "$objectType" in body else body["data"]
    assert check.problems(answer, answer["$objectType"]) == []
