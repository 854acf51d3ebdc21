"""Facts that people write down: a file is taken whole, or refused with a reason for each row.

table    content -> rows: CSV in its dialects, newline-delimited JSON; pure
facts    rows -> facts, or the reasons why not; rows of a file against each other; pure
publish  facts against what Kafka holds; what is new goes out in one transaction
cli      `leasewatch declare`
"""
