"""A short run of what bench/contract.py does at length: calls that Schemathesis makes of the document."""

from zlib import crc32

import schemathesis
from bench.contract import CONFIGURATION
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from stage import on_sqlite

OF_EACH = 1


@on_sqlite
def test_the_document_is_not_contradicted(app, adas, post):
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", app, config=SchemathesisConfig.from_str(CONFIGURATION)
    )
    headers = {"Authorization": f"Bearer {adas.token}"}
    operations = [found.ok() for found in schema.get_all_operations()]
    for operation in operations:
        attempt(operation, mode_of(operation), headers)
    assert len(operations) > 100


def mode_of(operation):
    """Right or wrong, by the name: a new call changes nothing for the others."""
    modes = list(GenerationMode)
    return modes[crc32(operation.definition.raw["operationId"].encode()) % len(modes)]


def attempt(operation, mode, headers):
    def call(case):
        if case.query:
            case.query.pop("after", None)
        case.call_and_validate(headers=headers)

    options = settings(
        max_examples=OF_EACH,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    given(operation.as_strategy(generation_mode=mode))(options(call))()
