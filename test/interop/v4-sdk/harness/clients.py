"""The SDKs' API objects for one server, each answer compared with the SDK's classes."""

import importlib
import json
import os
from dataclasses import dataclass

import ntnx_vmm_py_client as vmm
import pytest

from harness.model_check import ModelCheck

# The other set of SDKs is the newest.
FIRST_SDKS = vmm.ApiClient.SDK_VERSION == "v4.0"


@dataclass(frozen=True)
class Server:
    """Where the simulator of this run listens; the test that started it hands this over in the environment."""

    host: str
    port: int
    ca_file: str
    username: str
    password: str
    viewer_password: str
    pc_version: str

    @staticmethod
    def of_environment():
        return Server(**json.loads(os.environ["V4_SDK_SERVER"]))


class Refused:
    """What the SDK raised: the HTTP status, the headers and the body, which it leaves as text."""

    def __init__(self, error):
        self.status = error.status
        self.text = error.body
        self.headers = error.headers

    @property
    def body(self):
        return json.loads(self.text)

    @property
    def code(self):
        """The code of the first message of a v4 error body."""
        return self.body["data"]["error"][0]["code"]


class CheckedApi:
    """An API object of an SDK whose methods fail the test when an answer does not fit the SDK's classes."""

    def __init__(self, package, api, newer_server):
        self._package = package
        self._api = api
        self._newer_server = newer_server
        self._check = ModelCheck(package, newer_server)

    @property
    def client(self):
        return self._api.api_client

    def offers(self, name):
        return hasattr(self._api, name)

    def __getattr__(self, name):
        method = getattr(self._api, name)

        def call(*arguments, **headers):
            answer = method(*arguments, **headers)
            if hasattr(answer, "attribute_map"):
                self._compare(answer)
            return answer

        return call

    def refused(self, name, *arguments, **headers):
        """Calls a method that must raise the SDK's ApiException; a v4 body must fit its class as well."""
        exception = importlib.import_module(f"{self._package}.rest").ApiException
        with pytest.raises(exception) as raised:
            getattr(self, name)(*arguments, **headers)
        refused = Refused(raised.value)
        if refused.text.startswith('{"data"'):
            data = refused.body["data"]
            # Some errors, e.g. of missing rights, are those of namespace prism in all others.
            namespace = data["$objectType"].partition(".")[0]
            check = ModelCheck(f"ntnx_{namespace}_py_client", self._newer_server)
            assert check.problems(data, data["$objectType"]) == []
        return refused

    def _compare(self, answer):
        declared = answer._initialize_object_type()
        sent = json.loads(self.client.last_response.data)
        assert sent.get("$objectType") == declared
        problems = self._check.problems(sent, declared)
        assert problems == [], "\n".join(problems)
        # What the SDK itself could not place would stand here.
        assert answer.get_unknown_fields() == {}


class Clients:
    """One API client per namespace, as a program with these SDKs would have, signed in as one user."""

    def __init__(self, server, username=None, password=None, negotiation=True):
        self._server = server
        self._username = username or server.username
        self._password = password or server.password
        self._negotiation = negotiation
        self._api_clients = {}

    def api(self, namespace, name):
        """`api("vmm", "VmApi")`; skips the test where this SDK has no such API."""
        package = f"ntnx_{namespace}_py_client"
        sdk = importlib.import_module(package)
        if not hasattr(sdk, name):
            pytest.skip(f"{package} of this age has no {name}")
        newer_server = FIRST_SDKS and self._server.pc_version != "pc.2024.3"
        return CheckedApi(package, getattr(sdk, name)(api_client=self.api_client(namespace)), newer_server)

    def api_client(self, namespace):
        """Made once per namespace: it keeps the session cookie and the negotiated version."""
        if namespace not in self._api_clients:
            sdk = importlib.import_module(f"ntnx_{namespace}_py_client")
            configuration = sdk.Configuration()
            configuration.host = self._server.host
            configuration.port = self._server.port
            configuration.username = self._username
            configuration.password = self._password
            configuration.root_ca_certificate_file = self._server.ca_file
            # Five attempts, three seconds apart, would hide a 503 that should not be there.
            configuration.max_retry_attempts = 0
            options = {} if self._negotiation or FIRST_SDKS else {"allow_version_negotiation": False}
            self._api_clients[namespace] = sdk.ApiClient(configuration=configuration, **options)
        return self._api_clients[namespace]
