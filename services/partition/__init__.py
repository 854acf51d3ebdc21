"""Exactly once: a partition is its state, its next offsets and its transactional producer.

The one place of the stream processors that knows about fencing, recovery and transactions.

    restore   fence the previous owner, read the state topic to its end, replay up to the committed
              offsets with the outputs dropped
    step      the logic of a service, pure, on the records of one batch
    commit    outputs, state and offsets in one Kafka transaction: all or nothing

`owned.OwnedPartition` is that partition; `driver.run_group` feeds it with aiokafka's own consumer
group, and any other consumer may feed it through `offer`.
"""

from services.partition.ending import PartitionLost, PositionRefused, end_process
from services.partition.logic import (
    Output,
    PartitionLogic,
    Record,
    RecordCopy,
    ServiceLine,
    StepResult,
    rejection,
)
from services.partition.owned import OwnedPartition

__all__ = [
    "Output",
    "OwnedPartition",
    "PartitionLogic",
    "PartitionLost",
    "PositionRefused",
    "Record",
    "RecordCopy",
    "ServiceLine",
    "StepResult",
    "end_process",
    "rejection",
]
