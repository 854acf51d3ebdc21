"""Creates the topics of the topic table on a broker."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from schemas import TOPICS, Topic
from schemas.topics import MAX_MESSAGE_BYTES

_WEEK_MS = 7 * 24 * 3600 * 1000
_REPLICAS = 3
"""Copies of each topic, where the cluster has as many brokers; else one on each broker."""


_INPUTS = frozenset({"telemetry", "facts", "commands"})
"""What comes from outside has Kafka's own limit, 1 MiB a message; what is made of it may be more,
up to MAX_MESSAGE_BYTES: the state of an asset, a rejected record in base64, a copy of its details.
"""


async def create_topics(bootstrap_servers: str) -> list[str]:
    """Makes every missing topic, returns their names; raises KafkaError if the broker refuses."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in TOPICS.values() if topic.name not in existing]
        if missing:
            brokers = (await admin.describe_cluster())["brokers"]
            replicas = min(_REPLICAS, len(brokers))
            response = await admin.create_topics([_new_topic(t, replicas) for t in missing])
            _raise_errors(response.topic_errors)
        return [topic.name for topic in missing]
    finally:
        await admin.close()


def _new_topic(topic: Topic, replicas: int) -> NewTopic:
    limit = {} if topic.name in _INPUTS else {"max.message.bytes": str(MAX_MESSAGE_BYTES)}
    return NewTopic(
        topic.name, topic.partitions, replicas, topic_configs={**_retention(topic), **limit}
    )


def _retention(topic: Topic) -> dict[str, str]:
    if topic.compacted:
        return {
            "cleanup.policy": "compact",
            "segment.bytes": str(16 << 20),
            "min.cleanable.dirty.ratio": "0.3",
        }
    if topic.retention is None:
        return {"retention.ms": "-1"}
    kept_ms = int(topic.retention.total_seconds() * 1000)
    # The open segment is never deleted, and Kafka's own segments last a week.
    segment_ms = min(kept_ms // 3, _WEEK_MS)
    return {"retention.ms": str(kept_ms), "segment.ms": str(segment_ms)}


def _raise_errors(topic_errors: list[tuple[str, int, str]]) -> None:
    for name, code, message in topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise KafkaError(f"topic {name} could not be created: {error.__name__} {message}")
