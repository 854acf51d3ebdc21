"""An Apache Kafka and a PostgreSQL that are started, health-checked and stopped by us.

`servers.servers` starts both; nothing is imported here, so that a service that only needs the
error does not load the clients.
"""
