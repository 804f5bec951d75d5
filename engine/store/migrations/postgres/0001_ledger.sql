-- The ledger, and everything that is committed with it.
--
-- The same tables stand on every database Readmit knows; only the names of the
-- types and the storage clauses differ. No sequences, no triggers, no foreign
-- keys: what holds between rows is held by the one transaction that writes them.
--
-- Times are microseconds since 1970. Every key starts with the ledger: tenants
-- share nothing.

-- The head row of each ledger, and the guard of every commit: its size, and
-- its fence, which a look-up after a commit of unknown outcome raises. Half of
-- each page stays free, so that a new version of a row lands beside the old one.
CREATE TABLE ledgers (
    ledger   uuid   NOT NULL PRIMARY KEY,
    tenant   uuid   NOT NULL,
    name     text   NOT NULL UNIQUE,
    origin   text   NOT NULL,
    size     bigint NOT NULL,
    at       bigint NOT NULL,
    root     bytea  NOT NULL,
    frontier bytea  NOT NULL,
    fence    bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- One row for each event; `body` is the leaf, byte for byte.
CREATE TABLE events (
    ledger   uuid   NOT NULL,
    position bigint NOT NULL,
    stream   uuid   NOT NULL,
    version  bigint NOT NULL,
    body     bytea  NOT NULL,
    PRIMARY KEY (ledger, position),
    UNIQUE (ledger, stream, version)
);

-- One row for each command that was carried out.
CREATE TABLE commands (
    ledger         uuid   NOT NULL,
    command        uuid   NOT NULL,
    fingerprint    bytea  NOT NULL,
    first_position bigint NOT NULL,
    events         bigint NOT NULL,
    PRIMARY KEY (ledger, command)
);

-- Which stream has a name, by the keyed digest of the name.
CREATE TABLE names (
    ledger      uuid  NOT NULL,
    name_digest bytea NOT NULL,
    stream      uuid  NOT NULL,
    PRIMARY KEY (ledger, name_digest)
);

-- An erasure looks for the names of one stream.
CREATE INDEX names_by_stream ON names (ledger, stream);

-- Sealed private data of an event.
CREATE TABLE private (
    ledger   uuid   NOT NULL,
    position bigint NOT NULL,
    sealed   bytea  NOT NULL,
    PRIMARY KEY (ledger, position)
);

-- Sealed secrets the engine must use again.
CREATE TABLE secrets (
    ledger uuid  NOT NULL,
    stream uuid  NOT NULL,
    name   bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (ledger, stream, name)
);

-- One data key for each stream, wrapped by the master key that `kek` names.
CREATE TABLE keys (
    ledger  uuid  NOT NULL,
    stream  uuid  NOT NULL,
    wrapped bytea NOT NULL,
    kek     text  NOT NULL,
    PRIMARY KEY (ledger, stream)
);

-- When a stream's open case falls due. It follows from the events; it is kept
-- so that a node that just started knows at once what is due.
CREATE TABLE timers (
    ledger uuid   NOT NULL,
    stream uuid   NOT NULL,
    due    bigint NOT NULL,
    PRIMARY KEY (ledger, stream)
);

CREATE INDEX timers_by_due ON timers (due, ledger, stream);

-- Full hash tiles of the Merkle tree.
CREATE TABLE tiles (
    ledger uuid   NOT NULL,
    level  bigint NOT NULL,
    idx    bigint NOT NULL,
    hashes bytea  NOT NULL,
    PRIMARY KEY (ledger, level, idx)
);

-- Signed tree heads.
CREATE TABLE checkpoints (
    ledger uuid   NOT NULL,
    size   bigint NOT NULL,
    note   bytea  NOT NULL,
    PRIMARY KEY (ledger, size)
);

-- What the engine keeps about itself.
CREATE TABLE settings (
    name  text NOT NULL PRIMARY KEY,
    value text NOT NULL
);
