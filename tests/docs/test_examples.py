"""The examples of the OpenAPI document are what the service answers today.

`RECORD_EXAMPLES=1 make test PYTEST_ARGS=tests/docs` writes them anew.
"""

import json
import os

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.docs.story import first_day
from tests.marketplace.billing.desk import sell_plans
from tests.test_tidy import ROOT

RECORDED = ROOT / "docs" / "examples.json"
pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings, tmp_path):
    settings.DEV_OTP, settings.MEDIA_ROOT = True, tmp_path
    sell_plans()
    examples = first_day()
    if os.environ.get("RECORD_EXAMPLES"):
        text = json.dumps(without_tokens(examples), indent=1, ensure_ascii=False, sort_keys=True)
        RECORDED.write_text(text + "\n")
    return examples


def without_tokens(value):
    """Tokens and tickets are shown by their beginning: their whole would look like a leak."""
    if isinstance(value, dict):
        return {
            name: f"{inner[:12]}…"
            if name in {"access", "refresh", "ticket"}
            else without_tokens(inner)
            for name, inner in value.items()
        }
    return [without_tokens(inner) for inner in value] if isinstance(value, list) else value


def shape(value):
    """Names and types, without values; of a list, its first row."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_have_the_shape_of_real_answers(told):
    recorded = json.loads(RECORDED.read_text())
    assert set(recorded) == set(told)
    for operation, example in told.items():
        assert shape(recorded[operation]) == shape(example), operation


def test_every_operation_has_one(told):
    document = SchemaGenerator().get_schema(request=None, public=True)
    operations = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert operations == set(told)
