// Checks a bundle of a Readmit ledger with the code of Go's checksum database, of which nothing is
// ours: the signature, the root, every hash tile, the proof of every event, and the proof that the
// ledger goes on from an older checkpoint.
//
// Debian has all it needs:
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go run main.go FOLDER VKEY [OLDER-CHECKPOINT]
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

func main() {
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: main.go FOLDER VKEY [OLDER-CHECKPOINT]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		fmt.Fprintln(os.Stderr, "BROKEN:", err)
		os.Exit(1)
	}
}

func check(folder, vkey string, older []string) error {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	tree, err := openCheckpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return err
	}
	fmt.Printf("signed by    %s\nevents       %d\nroot         %s\n", verifier.Name(), tree.N, tree.Hash)

	// Every hash that comes out of it was proven to belong to the root.
	hashes := tlog.TileHashReader(tree, &tiles{folder, map[string][]byte{}})
	if err := checkRecords(folder, tree, hashes); err != nil {
		return err
	}
	fmt.Printf("proven       every event from 0 to %d\n", tree.N-1)

	for _, file := range older {
		before, err := openCheckpoint(file, verifier)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, before.N, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, before.N, before.Hash); err != nil {
			return fmt.Errorf("it does not go on from %d events: %w", before.N, err)
		}
		fmt.Printf("goes on from %d events with root %s\n", before.N, before.Hash)
	}
	return nil
}

// Opens a signed checkpoint: the name of the log, the number of events, the root.
func openCheckpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	data, err := os.ReadFile(file)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, fmt.Errorf("%s: %w", file, err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("%s: not a checkpoint of %s", file, verifier.Name())
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

// Every event, in both places where it stands, has a proof that leads to the root.
func checkRecords(folder string, tree tlog.Tree, hashes tlog.HashReader) error {
	lines, err := os.ReadFile(filepath.Join(folder, "events.jsonl"))
	if err != nil {
		return err
	}
	var records [][]byte
	for n := int64(0); n < tree.N; n++ {
		if n%width == 0 {
			if records, err = readEntries(folder, tree, n/width); err != nil {
				return err
			}
		}
		record := records[n%width]
		proof, err := tlog.ProveRecord(tree.N, n, hashes)
		if err != nil {
			return fmt.Errorf("event %d: %w", n, err)
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(record)); err != nil {
			return fmt.Errorf("event %d: %w", n, err)
		}
		line := append(append([]byte{}, record...), '\n')
		if !bytes.HasPrefix(lines, line) {
			return fmt.Errorf("event %d: another one in events.jsonl", n)
		}
		lines = lines[len(line):]
	}
	if len(lines) > 0 {
		return errors.New("events.jsonl has more events")
	}
	return nil
}

// The events of one file of `tile/entries`.
func readEntries(folder string, tree tlog.Tree, index int64) ([][]byte, error) {
	tile := tlog.Tile{H: 8, L: 0, N: index, W: int(min(width, tree.N-index*width))}
	path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(folder, path))
	if err != nil {
		return nil, err
	}
	var records [][]byte
	for len(data) >= 2 {
		length := int(binary.BigEndian.Uint16(data))
		if data = data[2:]; len(data) < length {
			break
		}
		records, data = append(records, data[:length]), data[length:]
	}
	if len(data) > 0 || len(records) != tile.W {
		return nil, fmt.Errorf("%s: not %d events", path, tile.W)
	}
	return records, nil
}

// The files of `tile/<level>`, for the reader of Go, which calls them `tile/8/<level>`.
type tiles struct {
	folder string
	read   map[string][]byte
}

func (t *tiles) Height() int { return 8 }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, ok := t.read[path]
		if !ok {
			var err error
			if data, err = os.ReadFile(filepath.Join(t.folder, path)); err != nil {
				return nil, err
			}
			t.read[path] = data
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes", path, len(data))
		}
		all = append(all, data)
	}
	return all, nil
}

func (t *tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
