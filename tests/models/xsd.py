"""As much of XML Schema as the one of JUnit needs: elements by name or reference, order and number, attributes."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element


XS = "{http://www.w3.org/2001/XMLSchema}"


def problems(root: Element, schema: Element) -> list[str]:
    """What is wrong with a document, each with its element."""
    elements = {one.get("name"): one for one in schema.findall(f"{XS}element")}
    types = {one.get("name"): one for one in schema if one.tag != f"{XS}element"}
    if root.tag not in elements:
        return [f"{root.tag} is no element"]
    return [*_element(root, elements, types)]


def _element(found: Element, elements, types) -> Iterator[str]:
    declared = elements[found.tag]
    kind = types.get(declared.get("type"), declared.find(f"{XS}complexType"))
    model = f"(?:{''.join(map(_model, kind if kind is not None else ()))})"
    children = "".join(f"<{one.tag}>" for one in found)
    if not re.fullmatch(model, children):
        yield f"{found.tag} may not hold {children}"
    stated = {
        one.get("name"): one
        for one in (kind if kind is not None else ())
        if one.tag == f"{XS}attribute"
    }
    yield from (f"{found.tag} has no attribute {name}" for name in found.keys() - stated.keys())
    for name, one in stated.items():
        pattern = (
            types[one.get("type")].find(f".//{XS}pattern") if one.get("type") in types else None
        )
        if found.get(name) is None:
            yield from [f"{found.tag} lacks {name}"] * (one.get("use") == "required")
        elif pattern is not None and not re.fullmatch(pattern.get("value"), found.get(name)):
            yield f"{found.tag}/@{name} is {found.get(name)!r}"
    mixed = kind is None or kind.get("mixed") == "true"
    if not mixed and "".join([found.text or "", *(one.tail or "" for one in found)]).strip():
        yield f"{found.tag} may hold no text"
    for child in found:
        if child.tag in elements:
            yield from _element(child, elements, types)


def _model(part: Element) -> str:
    """What children a part of a content model allows, as a pattern of their names."""
    if part.tag == f"{XS}element":
        inner = f"<{part.get('ref') or part.get('name')}>"
    elif part.tag in {f"{XS}sequence", f"{XS}choice"}:
        inner = ("|" if part.tag == f"{XS}choice" else "").join(map(_model, part))
    else:
        return ""
    least, most = part.get("minOccurs", "1"), part.get("maxOccurs", "1")
    return f"(?:{inner}){{{least},{most.replace('unbounded', '')}}}"
