#!/bin/sh
# Makes a replica of the database at PRIMARY_HOST where there is none yet, and runs it. As the user postgres.
set -eu
PGDATA="${PGDATA:-/var/lib/postgresql/18/docker}"
: "${PRIMARY_HOST:?}" "${REPLICATION_PASSWORD:?set it in .env before the database is made}"

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	draft="$PGDATA.draft"
	rm -rf "$draft"
	mkdir -p -m 0700 "$draft"
	# --write-recovery-conf keeps password and slot with the data: the replica finds its way back by itself.
	PGPASSWORD="$REPLICATION_PASSWORD" pg_basebackup --host "$PRIMARY_HOST" --username follower --no-password \
		--pgdata "$draft" --checkpoint=fast --wal-method=stream --slot=replica --write-recovery-conf
	mv "$draft" "$PGDATA"
fi
# What figures still read is not removed under them: the primary waits with it.
exec postgres -D "$PGDATA" -c hot_standby_feedback=on
