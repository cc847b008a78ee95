#!/bin/sh
# Run once, when the image makes the cluster: base backups come from another container, and the
# image lets in only what connects to a database.
set -eu
echo 'host replication daftar samenet scram-sha-256' >>"$PGDATA/pg_hba.conf"
