"""Does the OpenAPI document say what the service does, to a person, a machine and a machine that means no good?"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from tests.support import command
from tests.support.browser import browser, needs_browser
from tests.vouchmark.service.server import Server, needs_service, running
from vouchmark.service import openapi
from vouchmark.service.config import Config
from vouchmark.service.problems import KINDS, ProblemError

pytestmark = needs_service
SCHEMATHESIS: Final = shutil.which("schemathesis", path=str(Path(sys.executable).parent)) or shutil.which(
    "schemathesis"
)
EXAMPLES: Final = "40" if os.environ.get("VOUCHMARK_SLOW") else "6"
ANSWERED: Final = {
    "/v1/policies": "Policies",
    "/v1/lists": "Lists",
    "/v1/version": "Version",
    "/livez": "State",
    "/readyz": "State",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("openapi"), 'ledger = "ledger.db"\n[server]\nrate = 1000000\n') as found:
        yield found


def valid(value: Any, name: str) -> None:
    made = openapi.document()
    jsonschema.validate(value, {"$ref": f"#/components/schemas/{name}", "components": made["components"]})


class TestDocument:
    def test_every_route_stands_in_it_and_no_other(self) -> None:
        from vouchmark.service.application import Service, routes
        from vouchmark.service.asking import QUERY

        found = {
            (one.path, method)
            for one in routes(Service(Config()))
            for method in (one.methods or ())
            if method != "HEAD"
        }
        described = {
            (path, method.upper()) for path, methods in openapi.document()["paths"].items() for method in methods
        }
        assert found == described | {("/", "GET")}
        (parameters,) = (openapi.document()["paths"]["/v1/check"]["post"]["parameters"],)
        assert {one["name"] for one in parameters} == QUERY["/v1/check"]

    def test_every_problem_that_the_code_raises_is_a_kind_and_described(self) -> None:
        source = "".join(path.read_text() for path in Path(openapi.__file__).parent.glob("*.py"))
        raised = set(re.findall(r'ProblemError\(\s*"([a-z-]+)"', source)) | {"not-found", "not-allowed"}
        assert raised == set(KINDS)
        described = str(openapi.document()["paths"])
        for code in raised - {"not-found", "not-allowed"}:
            assert f"`{code}`" in described, code
        for code in KINDS:
            valid(ProblemError(code, "got x, expected y").document(), "Problem")

    def test_answers_are_as_it_says(self, server: Server) -> None:
        for path, name in ANSWERED.items():
            valid(server.get(path).json, name)
        valid(server.check(command.media()["signed.jpg"]).json, "Summary")
        valid(server.check(b"").json, "Summary")
        valid(server.post("/v1/challenges", {"scope": "public:media"}).json, "Challenge")
        assert server.get("/openapi.json").json == openapi.document()

    def test_addresses_that_are_none_and_other_methods_are_problems(self, server: Server) -> None:
        for path in ("/v1", "/v1/check/", "/..%2f..%2fetc/passwd", "/%00", "/v1/../livez"):
            assert server.get(path).problem == "not-found", path
        told = server.ask("DELETE", "/v1/check")
        assert (told.status, told.problem, told.headers["allow"]) == (405, "not-allowed", "POST")


@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_needs_nothing_from_elsewhere(server: Server, tmp_path: Path, width: int, dark: bool) -> None:
    with browser(tmp_path / "profile") as chrome:
        address = f"http://127.0.0.1:{server.port}/"
        seen = chrome.visit(address, width=width, dark=dark)
        assert [one for one in seen.requests if one != address] == []
        assert seen.console == []
        assert seen.stopped == []
        assert chrome.run("document.documentElement.scrollWidth <= innerWidth")
        assert "POST /v1/check" in chrome.run("document.body.innerText")


@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed")
def test_schemathesis_finds_no_mistake_of_ours_and_no_answer_that_is_not_described(
    server: Server, tmp_path: Path
) -> None:
    address = f"http://127.0.0.1:{server.port}"
    assert importlib.util.find_spec("schemathesis") is not None
    words = [str(SCHEMATHESIS), "run", f"{address}/openapi.json", "--url", address, "--max-examples", EXAMPLES]
    words += ["--seed", "20", "--no-color", "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=600)
    assert done.returncode == 0, done.stdout[-6000:]
    assert server.get("/livez").status == 200
    assert " 500 " not in server.log


CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
)
"""Not whether everything that the document does not describe is refused: a body's parts are judged by the file."""
