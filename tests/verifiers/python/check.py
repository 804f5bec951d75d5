"""Checks a bundle of a Readmit ledger with the package tlog-scales, of which nothing is ours: the
signature, the root, the proof of every event, and the proof that the ledger goes on from an older
checkpoint.

    pip install -r requirements.txt
    python3 check.py FOLDER VKEY [OLDER-CHECKPOINT]
"""

import sys
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint


def require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def check(folder: str, vkey: str, *older: str) -> None:
    key = Vkey.from_string(vkey)
    log = TilesReader(LocalBackend(Path(folder)))
    tree = log.get_checkpoint()
    tree.verify(key)
    require(tree.origin == key.name, "a checkpoint of another log")
    print(f"signed by    {key.name}\nevents       {tree.size}\nroot         {tree.root_hash.hex()}")

    require(log.calculate_root_hash() == tree.root_hash, "another root than that of the tiles")
    lines = Path(folder, "events.jsonl").read_bytes().split(b"\n")
    require(len(lines) == tree.size + 1 and lines.pop() == b"", "other lines than events")
    for index, line in enumerate(lines):
        entry = log.get_entry(index)
        require(entry == line, f"event {index}: another one in events.jsonl")
        log.get_inclusion_proof(index, tree.size).check(leaf_hash(entry), tree.root_hash)
    print(f"proven       every event from 0 to {tree.size - 1}")

    for file in older:
        before = Checkpoint.from_text(Path(file).read_text())
        before.verify(key)
        proof = log.get_consistency_proof(before.size, tree.size)
        proof.check(before.root_hash, tree.root_hash)
        print(f"goes on from {before.size} events with root {before.root_hash.hex()}")


if __name__ == "__main__":
    try:
        check(*sys.argv[1:])
    except Exception as error:
        sys.exit(f"BROKEN: {error!r}")
