"""Storage that speaks S3, as a real server on this machine (moto), which fails when it is told to."""

import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock, Thread
from typing import Any, Self
from wsgiref.types import StartResponse, WSGIEnvironment

KEY, SECRET = "AKIAOFTHETESTS", "the-secret-half-of-the-tests"
REFUSAL = b"<Error><Code>%s</Code><Message>As the test says.</Message></Error>"


@dataclass
class Asked:
    method: str
    path: str
    size: int
    at_once: int  # how many of this method were being answered, this one included


class Storage:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.refuses: Callable[[Asked], tuple[int, str] | None] = lambda asked: None
        self._numbers, self._lock, self._busy = itertools.count(1), Lock(), 0

    def __enter__(self) -> Self:
        from moto.server import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def behave(self) -> None:
        self.asked.clear()
        self.refuses = lambda asked: None

    def new_bucket(self) -> dict[str, str]:
        name = f"bucket-{next(self._numbers)}"
        self.client.create_bucket(Bucket=name)
        self.behave()
        return {
            "BROADSHEET_BACKUP_S3": f"s3://{name}/news",
            "BROADSHEET_BACKUP_S3_ENDPOINT": self.address,
            "BROADSHEET_BACKUP_S3_KEY": KEY,
            "BROADSHEET_BACKUP_S3_SECRET": SECRET,
        }

    @cached_property
    def client(self) -> Any:
        import boto3

        return boto3.session.Session(KEY, SECRET, region_name="us-east-1").client(
            "s3", endpoint_url=self.address
        )

    def names(self, address: str) -> set[str]:
        """What lies at s3://bucket/folder."""
        name, _, folder = address.removeprefix("s3://").partition("/")
        found = self.client.list_objects_v2(Bucket=name, Prefix=f"{folder}/").get("Contents", ())
        return {one["Key"].removeprefix(f"{folder}/") for one in found}

    def _answer(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        method, size = environ["REQUEST_METHOD"], int(environ.get("CONTENT_LENGTH") or 0)
        with self._lock:
            self._busy += 1
            path = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
            asked = Asked(method, path, size, self._busy)
            self.asked.append(asked)
        try:
            if refusal := self.refuses(asked):
                environ["wsgi.input"].read(size)
                status, code = refusal
                start(f"{status} No", [("Content-Type", "application/xml")])
                return [REFUSAL % code.encode()]
            return list(self._moto(environ, start))
        finally:
            with self._lock:
                self._busy -= 1
