"""Each rule of the class data is judged by its own judge."""

import numpy as np
import pytest

from services.domain.compiled import compiled, entry, records
from services.domain.form import Array
from services.domain.monitor.concerns import rules
from services.domain.monitor.concerns.rule_table import Judge


def judge_that_says(verdict: int) -> Judge:
    @compiled
    def judge(rule: object, seen: Array, memory: Array) -> int:
        return verdict * int(seen[0])

    return judge


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_rule_is_judged_by_the_judge_of_its_number(count: int) -> None:
    one_of = rules._one_of([judge_that_says(n + 1) for n in range(count)], 0)

    @entry
    def verdicts(numbers: Array, seen: Array, found: Array) -> None:
        for n in range(len(numbers)):
            found[n] = one_of(numbers[n], seen, seen)

    numbers = np.zeros(count, [("number", "i4")])
    numbers["number"] = range(count)
    found = np.zeros(count)
    verdicts(records(numbers), np.full(1, 10.0), found)
    assert found.tolist() == [10.0 * (n + 1) for n in range(count)]
