"""river's models by name, and their state as plain data, which any JSON or msgpack takes.

A package of river imports all its modules at once, some with scipy, two seconds of it; a module of
it is therefore loaded from its file, alone.
"""

import importlib.util
from collections import deque
from functools import cache
from typing import Any

import river

_PLAIN = (int, float, str, type(None))


def make(path: str, **parameters: Any) -> Any:
    """A new model of river, as `drift.page_hinkley.PageHinkley`, with these parameters."""
    return _class(path)(**parameters)


@cache
def _class(path: str) -> Any:
    module_name, _, name = path.rpartition(".")
    file = f"{river.__path__[0]}/{module_name.replace('.', '/')}.py"
    spec = importlib.util.spec_from_file_location(f"_river.{module_name}", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def state_of(model: Any) -> Any:
    """What the model has learned: numbers, texts and lists, objects as their attributes.

    Raises TypeError for a model that holds anything else.
    """
    if isinstance(model, _PLAIN):
        return model
    if isinstance(model, list | tuple | deque):
        return [state_of(item) for item in model]
    if isinstance(model, dict):
        return {key: state_of(value) for key, value in model.items()}
    if not hasattr(model, "__dict__"):
        raise TypeError(f"{type(model).__name__} has no state that can be written down")
    return {name: state_of(value) for name, value in vars(model).items() if not callable(value)}


def set_state(model: Any, state: Any) -> None:
    """Gives a new model with the same parameters what `state_of` wrote down."""
    for name, value in state.items():
        now = getattr(model, name, None)
        if isinstance(now, list | tuple | deque):
            setattr(model, name, type(now)(value))
        elif isinstance(now, (dict, *_PLAIN)):
            setattr(model, name, value)
        else:
            set_state(now, value)
