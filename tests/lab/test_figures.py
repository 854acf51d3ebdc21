"""The figures kept of `smoke` are what it gives today: a minute of work on two cores."""

import pytest

from services.lab.figures import differences, figures_of, kept
from services.lab.run import Plan, run
from simulators.scenario import load_scenario, scenario_names

pytestmark = pytest.mark.slow


def test_smoke_gives_what_was_kept_and_no_fall_is_silent() -> None:
    scenario = load_scenario("smoke")
    now = figures_of(run(Plan(scenario, scenario.seed), workers=2))
    told = list(differences(kept()["smoke"], now))
    assert not told, "\n".join([*told, "Meant so? Then: leasewatch lab run smoke --keep"])


def test_figures_are_kept_of_public_scenarios() -> None:
    judged = {"clean", "clean-healthy", "healthy", "smoke", "standard"}
    assert judged <= kept().keys() <= set(scenario_names())
