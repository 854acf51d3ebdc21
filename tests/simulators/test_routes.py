"""Routes are rounded when first sailed; the kept measures are those of the rounded lines."""

import json

import numpy as np
import pytest

from simulators import routes
from simulators.geo import Tracks, measured

LINES = [row["points"] for row in json.loads(routes._FILE.read_bytes())]
MEASURES = json.loads(routes._MEASURES.read_bytes())


def test_there_is_a_measure_for_every_route() -> None:
    assert len(MEASURES) == len(LINES)


@pytest.mark.parametrize("line", range(0, len(LINES), 23))
def test_the_measures_are_those_of_the_rounded_routes(line: int) -> None:
    length_m, points = measured(LINES[line])
    assert MEASURES[line] == [pytest.approx(length_m, abs=1e-3), points]


def test_where_a_ship_is_does_not_depend_on_which_routes_were_sailed_before() -> None:
    some = np.array([3, 40, 3, 120])
    along_m = np.array([50_000.0, 1e6, 120.0, 2e5])
    tracks, used = (Tracks(LINES, np.array(MEASURES)) for _ in range(2))
    used.locate(np.array([40, 7, 121, 2, 119]), np.zeros(5))
    for one, other in zip(tracks.locate(some, along_m), used.locate(some, along_m), strict=True):
        assert np.array_equal(one, other)
