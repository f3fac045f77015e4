# SPDX-License-Identifier: Apache-2.0
"""Holds the running daemon to schemas/: every answer that the tests get is checked against the interface descriptions."""
import functools
import pathlib
import re

import jsonschema
import yaml

FOLDER = pathlib.Path(__file__).resolve().parent.parent.parent / "schemas"
BASE = "https://schemas.deskwire.test/"
DOCUMENTS = {BASE + name: yaml.safe_load((FOLDER / name).read_text()) for name in ("openapi.yaml", "console.asyncapi.yaml", "chat.asyncapi.yaml")}
REST, CONSOLE, CHAT = BASE + "openapi.yaml", BASE + "console.asyncapi.yaml", BASE + "chat.asyncapi.yaml"
API = "/api/v1"


@functools.cache
def validator(reference):
    """Of the schema at an absolute reference."""
    resolver = jsonschema.RefResolver(BASE, {}, store=DOCUMENTS)
    return jsonschema.Draft202012Validator({"$ref": reference}, resolver=resolver)


def check(reference, value, what):
    """Raises AssertionError with the first place that does not hold."""
    error = jsonschema.exceptions.best_match(validator(reference).iter_errors(value))
    if error:
        raise AssertionError(f"{what} is not as {reference.removeprefix(BASE)} says: {error.json_path}: {error.message}")


def pointer(*steps):
    return "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


def check_result(socket, method, result):
    """`socket` is the document that describes it: CONSOLE or CHAT."""
    if method not in DOCUMENTS[socket]["x-methods"]:
        raise AssertionError(f"{method} is answered, but not described")
    check(f"{socket}#/x-methods/{pointer(method)}/result", result, f"the result of {method}")


def check_error(socket, frame):
    check(f"{socket}#/components/messages/answer/payload", frame, "an error")


def check_notification(socket, frame):
    kind = frame["method"]
    check(f"{socket}#/components/messages/{pointer(kind)}/payload", frame, f"the notification {kind}")
    if kind == "event" and socket == CONSOLE:
        event = frame["params"]
        check(f"{CONSOLE}#/x-events/{pointer(event['type'])}", event["data"], f"the event {event['type']}")


@functools.cache
def routes():
    found = []
    for path, item in DOCUMENTS[REST]["paths"].items():
        base = item["servers"][0]["url"].rstrip("/") if "servers" in item else API
        found.append((re.compile(base + re.sub(r"\{\w+\}", "[^/]+", path) + "$"), path, item))
    return found


def check_answer(method, path, status, content_type, body):
    """An answer of the REST interface; other paths of the listener are left alone, and so is what a browser asks before it asks."""
    path = path.partition("?")[0]
    ours = path.startswith(API + "/") or any(pattern.match(path) for pattern, _, _ in routes())
    if not ours or method == "OPTIONS":
        return
    what = f"{method} {path} → {status}"
    if status >= 400:
        if content_type != "application/problem+json":
            raise AssertionError(f"{what} is {content_type}, not a problem")
        return check(f"{REST}#/components/schemas/Problem", body, what)
    for pattern, name, item in routes():
        if not pattern.match(path):
            continue
        answer = item.get(method.lower(), {}).get("responses", {}).get(str(status))
        if answer is None:
            raise AssertionError(f"{what} is not described")
        if content_type == "application/json" and content_type in answer.get("content", {}):
            check(f"{REST}#/{pointer('paths', name, method.lower(), 'responses', str(status), 'content', content_type, 'schema')}", body, what)
        elif body and "content" in answer and not {content_type, "*/*", "application/octet-stream"} & set(answer["content"]):
            raise AssertionError(f"{what} came as {content_type}")
        return
    raise AssertionError(f"{what}: the path is not described")
