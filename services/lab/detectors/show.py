"""The table of the bench."""

from collections.abc import Mapping

from rich.table import Table

from services.lab.detectors.recall import ALL, Noticed


def recall_table(found: Mapping[str, Noticed], faults: Mapping[str, int]) -> Table:
    """A row a detector, a column a kind of fault."""
    kinds = [kind for kind in faults if kind != ALL]
    table = Table(
        title="Faults noticed at one false alarm in 1,000 healthy rows, one threshold for all",
        title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0),
    )  # fmt: skip
    table.add_column("")
    for kind in [ALL, *kinds]:
        table.add_column(f"{kind}\n{faults[kind]}", justify="right")
    table.add_column("rows/s", justify="right", no_wrap=True)
    for name, noticed in found.items():
        shares = [f"{noticed.recall[kind]:.0%}" for kind in [ALL, *kinds]]
        rate = f"{noticed.rows_per_s:,.0f}" if noticed.rows_per_s < 1e7 else ""
        table.add_row(name, *shares, rate)
    return table
