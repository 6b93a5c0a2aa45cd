"""Categories: one entity per pair of key and value; they are made and changed without tasks."""

from types import SimpleNamespace

import ntnx_prism_py_client as prism
import pytest

from harness import preset
from harness.bodies import etag


@pytest.fixture(scope="module")
def categories(clients):
    return clients.api("prism", "CategoriesApi")


@pytest.fixture(scope="module")
def made():
    return SimpleNamespace()


def test_list_categories(categories):
    answer = categories.list_categories(_filter="key eq 'Environment'", _orderby="value")
    assert [category.value for category in answer.data] == ["Dev", "Production", "Staging", "Testing"]


def test_find_a_category(categories):
    answer = categories.list_categories(_filter="key eq 'AppType' and value eq 'Docker'")
    assert [(category.key, category.value) for category in answer.data] == [("AppType", "Docker")]


def test_create_a_category(categories, made):
    answer = categories.create_category(prism.Category(key="SdkKey", value="one"))
    made.category = answer.data.ext_id
    assert (answer.data.key, answer.data.value, answer.data.type) == ("SdkKey", "one", "USER")


def test_create_it_again(categories, made):
    refused = categories.refused("create_category", prism.Category(key="SdkKey", value="one"))
    assert 400 <= refused.status < 500


def test_get_a_category(categories, made):
    answer = categories.get_category_by_id(made.category)
    assert (answer.data.key, answer.data.value) == ("SdkKey", "one")
    assert etag(answer)


def test_update_a_category(categories, made):
    category = categories.get_category_by_id(made.category).data
    category.description = "changed by the SDK"
    categories.update_category_by_id(made.category, category)
    assert categories.get_category_by_id(made.category).data.description == "changed by the SDK"


def test_delete_a_category(categories, made):
    tag = etag(categories.get_category_by_id(made.category))
    categories.delete_category_by_id(made.category, if_match=tag)
    assert categories.refused("get_category_by_id", made.category).status == 404


def test_get_an_unknown_category(categories):
    assert categories.refused("get_category_by_id", preset.UNKNOWN).status == 404
