"""YAML files read into models, with the line of every fault."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from egovstats.errors import nearest
from egovstats.waves.faults import Fault


class Document(BaseModel):
    """Parent of the models of study files: no unknown keys, nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Model = TypeVar("Model", bound=Document)


def read_document(path: Path, model: type[Model], *, name: str) -> tuple[Model | None, list[Fault]]:
    """Read one YAML file (YAML 1.2) into a model.

    Parameters
    ----------
    path : Path
    model : type
        A subclass of `Document`.
    name : str
        How faults name the file.

    Returns
    -------
    tuple
        The model and no faults, or None and all the faults found.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Fault(name, 0, f"is not UTF-8 (byte {error.start}). Save it as UTF-8.")]
    except OSError as error:
        return None, [Fault(name, 0, f"cannot be opened: {error.strerror or error}.")]
    try:
        content = YAML(typ="safe", pure=True).load(text)
        tree = YAML(typ="safe", pure=True).compose(io.StringIO(text))
    except MarkedYAMLError as error:
        return None, [_syntax_fault(name, error)]
    except YAMLError as error:
        return None, [Fault(name, 0, f"is not YAML: {error}.")]
    if not isinstance(content, dict):
        return None, [Fault(name, 1, "must hold keys and values, such as 'title: ...'.")]
    try:
        return model.model_validate(content), []
    except ValidationError as error:
        return None, [_fault(name, tree, model, each) for each in error.errors(include_url=False)]


def _syntax_fault(name: str, error: MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    problem = " ".join(str(error.problem or error.context or "not YAML").split())
    if "duplicate key" in problem:
        problem = problem.split(" with value")[0]
    return Fault(name, mark.line + 1 if mark else 0, f"{problem}. Correct the YAML there.")


def _fault(name: str, tree: Node, model: type[BaseModel], error: ErrorDetails) -> Fault:
    place = tuple(error["loc"])
    path = ".".join(str(step + 1) if isinstance(step, int) else step for step in place) or "the file"
    kind = error["type"]
    if kind == "extra_forbidden":
        what = f"{path}: unknown key. {nearest(str(place[-1]), _keys_at(model, place[:-1]))}"
    elif kind == "missing":
        what = f"{path}: is not there. Add it."
    elif kind == "value_error":
        what = f"{path}: {error['ctx']['error']}."
    else:
        what = f"{path}: {_lower(error['msg'])}, found {_short(error['input'])}."
    return Fault(name, _line(tree, place), what)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _line(node: Node, place: tuple[int | str, ...]) -> int:
    """Line of the deepest part of `place` that the file has, counted from 1."""
    line = node.start_mark.line + 1
    for step in place:
        if isinstance(node, MappingNode):
            pair = next((pair for pair in node.value if str(pair[0].value) == str(step)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """Keys that the model has where `place` leads to."""
    for step in place:
        if isinstance(step, int):
            continue
        found = model.model_fields.get(step)
        inner = None if found is None else _model_in(found.annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for each in get_args(annotation) if (model := _model_in(each))), None)
