"""Destinations described as data, as the recorded runs have them, built on the public API."""

import json
from dataclasses import replace

from segue import (
    Choice,
    Choices,
    Delivered,
    Destination,
    Discarded,
    Held,
    OAuth2,
    RefusedError,
    Request,
    Retry,
    RetryableError,
    action,
)
from segue.compat.oauth import auth_data
from segue.compat.segment import fields_to_schema
from segue.outcome import name


TOKEN_URL = "https://auth.test/t"
OPEN = {"type": "object", "properties": {}, "additionalProperties": True}
DEFAULTS = {
    "RetryableError": ["", 500],
    "RequestTimeoutError": ["", 408],
    "SelfTimeoutError": ["", 408],
}


def built(case):
    """The destination of a case, with its actions by slug."""
    data = case["destination"]
    auth, extend = data.get("authentication", {}), data.get("extendRequest", {})
    stored = auth_data(case.get("settings", {}))
    declared = fields_to_schema(auth["fields"]) if auth.get("fields") else OPEN
    oauth = auth.get("scheme") in {"oauth2", "oauth-managed"}
    if oauth:
        secret = {"type": "string", "writeOnly": True}
        own = {"clientId": secret, "clientSecret": secret, "refreshToken": secret}
        declared = {**declared, "properties": {**declared["properties"], **own}}
    put = bearing(extend)
    made = Destination(
        "echo",
        title=data["name"],
        url="https://api.test",
        settings=declared,
        oauth=OAuth2(TOKEN_URL, put=put) if oauth else None,
    )

    @made.authenticate
    def authenticate(request, settings):
        token = None if oauth else stored.get("accessToken")
        signed = request if oauth else put(request, token)
        user, password = (filled(extend.get(key, ""), settings) for key in ("username", "password"))
        return signed.with_basic(user, password) if user or password else signed

    test, forget = auth.get("testAuthentication"), data.get("onDelete")
    if test is not None and test["op"] != "return":
        made.test(lambda settings: one_request(test, {"settings": settings}, extend))
    if forget is not None:
        made.on_delete(lambda user, settings: deletion(forget, user, settings, extend))
    return made, {slug: offered(made, slug, one, extend) for slug, one in data["actions"].items()}


def bearing(extend):
    """Puts the headers on a request that need settings of nobody but the access token."""

    def put(request, token):
        told = {k: v for k, v in extend.get("headers", {}).items() if "{auth.accessToken}" in v}
        value = "undefined" if token is None else token
        return request.with_headers(
            {key: text.replace("{auth.accessToken}", value) for key, text in told.items()}
        )

    return put


def filled(text, settings):
    for key, value in settings.items():
        text = text.replace(f"{{settings.{key}}}", str(value))
    return text


def headers(extend, bundle):
    """The further headers; one whose value is not there is left out."""
    found = {}
    for key, text in extend.get("headers", {}).items():
        if "{auth." in text:
            continue
        part, _, member = text.partition("{")[2].partition("}")[0].partition(".")
        value = (bundle.get(part) or {}).get(member) if part else text
        if value is not None:
            found[key] = text.replace(f"{{{part}.{member}}}", str(value)) if part else text
    return found


def offered(destination, slug, data, extend):
    """An action, whose function does what its operation says."""
    fields = fields_to_schema(data["fields"]) if data.get("fields") else OPEN
    modes = [one["value"] for one in data.get("syncMode", {}).get("choices", ())]
    perform = data.get("perform") or {
        "op": "send",
        "url": f"https://api.test/{slug}",
        "body": "payload",
    }

    def run(payload, event, settings, sync_mode, matching_key, membership):
        bundle = {"payload": payload, "settings": settings, **told(event)}
        bundle |= {"syncMode": sync_mode, "matchingKey": matching_key}
        bundle["audienceMembership"] = membership
        yield from operation(perform, bundle, extend)

    made = action(destination, slug, fields=fields, trigger="all", sync_modes=modes)(run)
    menu(made, data.get("dynamicFields", {}), extend)
    batch = data.get("performBatch")
    if batch is not None:

        @made.batch()
        def run_batch(payloads, events, settings, sync_mode, matching_key, memberships):
            bundle = {"payload": payloads, "settings": settings, **told(events[0])}
            bundle |= {"syncMode": sync_mode, "matchingKey": matching_key}
            bundle["audienceMembership"] = memberships
            yield from operation(batch, bundle, extend)
            return outcomes(batch, payloads)

    return made


def told(event):
    """What the event says of the audience that was computed."""
    personas = (event.get("context") or {}).get("personas")
    settings = personas.get("audience_settings") if personas else {}
    return {"personasContext": personas, "audienceSettings": settings}


def operation(data, bundle, extend):
    if data["op"] in {"send", "send_return_error"}:
        yield one_request(data, bundle, extend)
    if data["op"] == "throw":
        raise thrown(data)


def one_request(data, bundle, extend):
    """The request of an operation. Raises what it raises."""
    if data["op"] == "throw":
        raise thrown(data)
    options = {**extend, **data.get("options", {})}
    body = data.get("body", "payload" if data["op"] == "send_return_error" else None)
    plain = {key: value for key, value in bundle.items() if value is not None}
    extra = extend.get("json") if isinstance(body, dict) else None
    request = Request(
        method=data.get("method", "post").upper(),
        url=data["url"],
        json={"bundle": plain, "payload": bundle.get("payload")}.get(body, body)
        if isinstance(body, str)
        else merged(extra, body),
        params={**extend.get("searchParams", {}), **options.get("searchParams", {})},
        headers={**headers(extend, bundle), **data.get("options", {}).get("headers", {})},
        accept=range(400, 600) if options.get("throwHttpErrors") is False else (),
    )
    timeout = options.get("timeout")
    return replace(request, timeout=timeout / 1000) if timeout else request


def merged(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: merged(one.get(key), value) for key, value in other.items()}}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


def thrown(data):
    """Our error for one of Segment's: by its status, as Segment decides (0 and none count as final)."""
    message, *rest = [*data["args"], *DEFAULTS.get(data["class"], ["", None])[len(data["args"]) :]]
    status = next((one for one in reversed(rest) if isinstance(one, int)), None)
    if status is not None and end_of(status) == "again":
        return RetryableError(message)
    return RefusedError(message)


def outcomes(data, payloads):
    """The outcomes of a batch, for operations that tell them apart."""
    if data["op"] == "multistatus":
        items = [*data["items"], *[None] * len(payloads)]
        return [judged(one) for one in items[: len(payloads)]]
    if data["op"] == "by_code":
        return [judged({"status": one.get("code", 200)}) for one in payloads]
    if data["op"] == "token_gate":
        return [Held("expired", name(401))] * len(payloads)
    return None


def judged(item):
    """One item of a multi-status answer as an outcome."""
    if item is None:
        return Retry("no answer for it", name(500))
    status, why = item["status"], item.get("errormessage", "")
    kinds = {"again": Retry, "refused": Discarded}
    end = end_of(status)
    return Delivered(status) if end == "delivered" else kinds[end](why, name(status))


def end_of(status):
    if 200 <= status < 400:
        return "delivered"
    return (
        "again"
        if status in {408, 423, 429} or (500 <= status < 600 and status != 501)
        else "refused"
    )


def deletion(data, user, settings, extend):
    given = {"userId": user.user_id, "anonymousId": user.anonymous_id}
    payload = {key: value for key, value in given.items() if value is not None}
    if data["op"] == "return":
        return []
    return one_request(data, {"payload": payload, "settings": settings}, extend)


def menu(made, fields, extend):
    """Declare the choices of an action, each operation by the path of its field."""
    for field_name, one in fields.items():
        nested = one if "op" not in one else {None: one}
        for key, operation in nested.items():
            path = field_name if key is None else f"{field_name}.{key}"
            made.choices(path)(finder(operation, extend))


def finder(data, extend):
    def find(settings, payload, page, index, key):
        bundle = {"payload": payload, "settings": settings}
        context = {"selectedArrayIndex": index, "selectedKey": key}
        known = {name: value for name, value in context.items() if value is not None}
        bundle |= {"dynamicFieldContext": known} if known else {}
        bundle |= {"page": page} if page is not None else {}
        if data["op"] == "choices":
            return Choices([Choice(json.dumps(bundle), data["label"])])
        answer = yield one_request(data, bundle, extend)
        return Choices([Choice(one["value"], one["label"]) for one in answer.json()["choices"]])

    return find
