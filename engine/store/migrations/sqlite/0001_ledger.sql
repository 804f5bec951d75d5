-- The ledger, and everything that is committed with it.
--
-- The same tables stand on every database Readmit knows; only the names of the
-- types and the storage clauses differ. No sequences, no triggers, no foreign
-- keys: what holds between rows is held by the one transaction that writes them.
--
-- Ids are 16 bytes, times are microseconds since 1970. Every key starts with
-- the ledger: tenants share nothing, and a tenant's rows lie side by side.
-- STRICT, so that a value of another type cannot get in; WITHOUT ROWID, so that
-- a row stands in its primary key and is not written twice.

-- The head row of each ledger, and the guard of every commit.
-- `name` is the tenant's name. The design keeps names of people out of the
-- database in the clear; a tenant is a company, people type its name to say
-- which ledger they mean, and it has to be unique.
CREATE TABLE ledgers (
    ledger   BLOB    NOT NULL PRIMARY KEY,
    tenant   BLOB    NOT NULL,
    name     TEXT    NOT NULL UNIQUE,
    origin   TEXT    NOT NULL,
    size     INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    root     BLOB    NOT NULL,
    frontier BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- One row for each event; `body` is the leaf, byte for byte.
CREATE TABLE events (
    ledger   BLOB    NOT NULL,
    position INTEGER NOT NULL,
    stream   BLOB    NOT NULL,
    version  INTEGER NOT NULL,
    body     BLOB    NOT NULL,
    PRIMARY KEY (ledger, position),
    UNIQUE (ledger, stream, version)
) STRICT, WITHOUT ROWID;

-- One row for each command that was carried out.
CREATE TABLE commands (
    ledger         BLOB    NOT NULL,
    command        BLOB    NOT NULL,
    fingerprint    BLOB    NOT NULL,
    first_position INTEGER NOT NULL,
    events         INTEGER NOT NULL,
    PRIMARY KEY (ledger, command)
) STRICT, WITHOUT ROWID;

-- Which stream has a name, by the keyed digest of the name.
CREATE TABLE names (
    ledger      BLOB NOT NULL,
    name_digest BLOB NOT NULL,
    stream      BLOB NOT NULL,
    PRIMARY KEY (ledger, name_digest)
) STRICT, WITHOUT ROWID;

-- An erasure looks for the names of one stream.
CREATE INDEX names_by_stream ON names (ledger, stream);

-- Sealed private data of an event.
CREATE TABLE private (
    ledger   BLOB    NOT NULL,
    position INTEGER NOT NULL,
    sealed   BLOB    NOT NULL,
    PRIMARY KEY (ledger, position)
) STRICT, WITHOUT ROWID;

-- Sealed secrets the engine must use again.
CREATE TABLE secrets (
    ledger BLOB NOT NULL,
    stream BLOB NOT NULL,
    name   BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (ledger, stream, name)
) STRICT, WITHOUT ROWID;

-- One data key for each stream, wrapped by the master key that `kek` names.
CREATE TABLE keys (
    ledger  BLOB NOT NULL,
    stream  BLOB NOT NULL,
    wrapped BLOB NOT NULL,
    kek     TEXT NOT NULL,
    PRIMARY KEY (ledger, stream)
) STRICT, WITHOUT ROWID;

-- When a stream's open case falls due. It follows from the events; it is kept
-- so that a node that just started knows at once what is due.
CREATE TABLE timers (
    ledger BLOB    NOT NULL,
    stream BLOB    NOT NULL,
    due    INTEGER NOT NULL,
    PRIMARY KEY (ledger, stream)
) STRICT, WITHOUT ROWID;

CREATE INDEX timers_by_due ON timers (due);

-- Full hash tiles of the Merkle tree.
CREATE TABLE tiles (
    ledger BLOB    NOT NULL,
    level  INTEGER NOT NULL,
    idx    INTEGER NOT NULL,
    hashes BLOB    NOT NULL,
    PRIMARY KEY (ledger, level, idx)
) STRICT, WITHOUT ROWID;

-- Signed tree heads.
CREATE TABLE checkpoints (
    ledger BLOB    NOT NULL,
    size   INTEGER NOT NULL,
    note   BLOB    NOT NULL,
    PRIMARY KEY (ledger, size)
) STRICT, WITHOUT ROWID;

-- What the engine keeps about itself.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
