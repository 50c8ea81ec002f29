#!/bin/sh
# Run once by the image of PostgreSQL when its data folder is new: lets one role copy the database and follow it.
# On a database that is there already, the statements and the line are written by hand (docs/scaling.md).
set -eu

if [ -n "${REPLICATION_PASSWORD:-}" ]; then
	psql --set=ON_ERROR_STOP=1 --set=password="$REPLICATION_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE follower REPLICATION LOGIN PASSWORD :'password';
-- What it has not fetched is kept for it, to ten gigabytes: a replica that is gone must not fill the disk.
SELECT pg_create_physical_replication_slot('replica');
ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';
SQL
	echo "host replication follower samenet scram-sha-256" >> "$PGDATA/pg_hba.conf"
fi
