"""
Compares JSON as it came over the wire with the SDK's own classes, more strictly than the SDK itself: that one keeps
members it does not know, takes any word for an enumeration and turns the text "false" into True.
"""

import importlib
import re
from datetime import datetime

# Real answers name the class of a choice beside it (recorded in errors and lists); no SDK has these members.
DISCRIMINATORS = re.compile(r"^\$\w+ItemDiscriminator$")
# Members of recorded answers that no SDK has: pc.2024.3 has a second name for `isMarkedForRemoval`.
RECORDED = {("clustermgmt.v4.config.StorageContainer", "markedForRemoval")}
PRIMITIVES = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}
CLASS_IN_DOCSTRING = re.compile(r":class:`~(?:\w+\.models\.)?([^`]+)`")


class ModelCheck:
    """
    The classes of one SDK, found by the names that `$objectType` uses. Members that no class has are problems, unless
    the server may be newer than the SDK.
    """

    def __init__(self, package, newer_server=False):
        self._newer_server = newer_server
        classes = vars(importlib.import_module(f"{package}.models")).values()
        self._classes = {
            found._initialize_object_type(None): found
            for found in classes
            if isinstance(found, type) and hasattr(found, "_initialize_object_type")
        }

    def problems(self, value, declared):
        """Every difference between a JSON value and the type that the SDK declares, e.g. `list[common.v1.Flag]`."""
        return list(self._check(value, declared, ""))

    def _check(self, value, declared, where):
        if inner := re.fullmatch(r"list\[(.*)\]", declared):
            yield from self._check_list(value, inner[1], where)
        elif inner := re.fullmatch(r"dict\([^,]*, (.*)\)", declared):
            yield from self._check_map(value, inner[1], where)
        elif declared in PRIMITIVES:
            yield from _check_primitive(value, declared, where)
        elif declared == "datetime":
            yield from _check_time(value, where)
        elif (model := self._classes.get(declared)) is None:
            yield f"{where}: the SDK has no class {declared}"
        elif not hasattr(model, "swagger_types"):
            yield from _check_word(value, model, where)
        else:
            yield from self._check_object(value, model, where)

    def _check_list(self, value, declared, where):
        if not isinstance(value, list):
            yield f"{where}: {_kind(value)} instead of a list of {declared}"
            return
        for index, item in enumerate(value):
            yield from self._check(item, declared, f"{where}[{index}]")

    def _check_map(self, value, declared, where):
        if not isinstance(value, dict):
            yield f"{where}: {_kind(value)} instead of a map of {declared}"
            return
        for key, item in value.items():
            yield from self._check(item, declared, f"{where}.{key}")

    def _check_object(self, value, model, where):
        if not isinstance(value, dict):
            yield f"{where}: {_kind(value)} instead of {_name(model)}"
            return
        named = self._classes.get(value.get("$objectType", _name(model)))
        if named is None or not issubclass(named, model):
            yield f"{where}: $objectType is {value['$objectType']}, not {_name(model)}"
            return
        attributes = {json_name: attribute for attribute, json_name in named.attribute_map.items()}
        for key, member in value.items():
            if DISCRIMINATORS.match(key) or (_name(named), key) in RECORDED:
                continue
            if key not in attributes:
                if not self._newer_server:
                    yield f"{where}.{key}: {_name(named)} has no such member"
            elif member is None:
                yield f"{where}.{key}: null; real answers leave the member out"
            else:
                yield from self._check_member(member, named, attributes[key], f"{where}.{key}")

    def _check_member(self, value, model, attribute, where):
        declared = model.swagger_types[attribute]
        if not declared.startswith("OneOf"):
            yield from self._check(value, declared, where)
            return
        # The class of a choice is empty; the names of its alternatives stand in the docstring of the property.
        choices = CLASS_IN_DOCSTRING.findall(getattr(model, attribute).__doc__)
        plain = [
            choice for choice in choices if choice in PRIMITIVES or choice.startswith(("list[", "dict("))
        ]
        if any(not list(self._check(value, choice, where)) for choice in plain):
            return
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            place = f"{where}[{index}]" if isinstance(value, list) else where
            chosen = item.get("$objectType") if isinstance(item, dict) else None
            if chosen is None:
                yield f"{place}: a choice without $objectType is no object for the SDK"
            elif chosen not in choices:
                yield f"{place}: {chosen} is none of {', '.join(choices)}"
            else:
                yield from self._check(item, chosen, place)


def _name(model):
    return model._initialize_object_type(None)


def _kind(value):
    return "null" if value is None else type(value).__name__


def _check_primitive(value, declared, where):
    expected = PRIMITIVES[declared]
    # In Python a truth value is also a number.
    if not isinstance(value, expected) or (isinstance(value, bool) and declared in ("int", "float")):
        yield f"{where}: {_kind(value)} instead of {declared}"


def _check_time(value, where):
    try:
        datetime.fromisoformat(re.sub(r"\.(\d{6})\d*|Z$", lambda m: f".{m[1]}" if m[1] else "+00:00", value))
    except (TypeError, ValueError):
        yield f"{where}: {value!r} is no time"


def _check_word(value, model, where):
    words = [
        word for name, word in vars(model).items() if isinstance(word, str) and not name.startswith("__")
    ]
    if value not in words:
        yield f"{where}: {value!r} is none of {', '.join(words)}"
