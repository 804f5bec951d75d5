-- An RFC 3161 time stamp of a checkpoint, if one was brought.
ALTER TABLE checkpoints ADD COLUMN stamp BLOB;
