"""The reference of the HTTP interface as one plain page, made from the OpenAPI document.

It needs no script and nothing from elsewhere, so that it works on a desk without internet.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any


def render(document: Mapping[str, Any]) -> str:
    """HTML of an OpenAPI document: every operation with its parameters and its answer."""
    operations = (
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<link rel="stylesheet" href="docs.css"><h1>{title}</h1>'
        f"<p>{escape(document['info'].get('description', ''))} "
        f'For programs: <a href="openapi.json">openapi.json</a>.</p>{"".join(operations)}</html>'
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    rows = "".join(_parameter(parameter) for parameter in operation.get("parameters", ()))
    body = _schema_of(operation.get("requestBody", {}).get("content", {}))
    answers = [
        f"{status} {_schema_of(answer.get('content', {}))}"
        for status, answer in operation["responses"].items()
    ]
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('description', ''))}</p><table>{rows}</table>"
        + (f"<p>Body: {body}</p>" if body else "")
        + f"<p>Answers: {', '.join(answers)}</p>"
    )


def _parameter(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    default = f", default {schema['default']}" if schema.get("default") is not None else ""
    needed = "required" if parameter.get("required") else f"optional{default}"
    cells: Iterable[str] = (
        f"<code>{escape(parameter['name'])}</code>",
        escape(f"{parameter['in']}, {needed}"),
        escape(parameter.get("description", "")),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _schema_of(content: Mapping[str, Any]) -> str:
    for media_type, body in content.items():
        name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
        return f"<code>{escape(name or media_type)}</code>"
    return ""
