//! Hundreds of damages at random: each is found, and where it is.

use std::collections::BTreeSet;

use readmit_tests::Result;
use readmit_tests::chance::Chance;
use readmit_tlog::TilePath;

use crate::{Files, Log, real_leaves};

/// How many damages each test does.
const DAMAGES: usize = 200;

/// Where an event or its hash stands.
const PLACES: [&str; 3] = ["tile/entries/", "events.jsonl", "tile/0/"];

/// A bundle, and what is done to it.
struct Bench {
    log: Log,
    leaves: Vec<Vec<u8>>,
    whole: Files,
    chance: Chance,
}

impl Bench {
    async fn new() -> Result<Self> {
        let (log, leaves) = (Log::new()?, real_leaves(600).await?);
        let whole = log.files(&leaves)?;
        assert_eq!(log.fault(&whole)?, None);
        Ok(Self { log, leaves, whole, chance: Chance::from_environment()? })
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.chance.below(bound as u64)).unwrap_or_default()
    }

    fn any_file(&mut self) -> String {
        let number = self.below(self.whole.len());
        self.whole.keys().nth(number).cloned().unwrap_or_default()
    }

    /// Damages one file, and expects that it is named, and the event as well.
    fn damage(&mut self, file: &str, change: impl FnOnce(&mut Self, &mut Vec<u8>)) -> Result<()> {
        let mut files = self.whole.clone();
        let mut bytes = files.remove(file).ok_or("no such file")?;
        change(self, &mut bytes);
        files.insert(file.to_owned(), bytes);
        if files == self.whole {
            return Ok(());
        }
        let fault = self.found(&files)?;
        assert_eq!(fault.file, file, "{fault}");
        Ok(())
    }

    /// Expects that a damage is found, and which event is named first where one can be.
    fn found(&self, files: &Files) -> Result<readmit::bundle::BundleFault> {
        let fault = self.log.fault(files)?.ok_or("a damage was not found")?;
        if let Some(position) = self.first_event(files) {
            assert_eq!(fault.position, Some(position), "{fault}");
        }
        Ok(fault)
    }

    /// The first event that is not what it was, if events are all that was changed. What was changed
    /// in every place where it stands changes the root alone: nobody can tell where.
    fn first_event(&self, files: &Files) -> Option<u64> {
        let names: BTreeSet<_> = self.whole.keys().chain(files.keys()).collect();
        let differs = |name: &&String| self.whole.get(*name) != files.get(*name);
        let changed: Vec<_> = names.into_iter().filter(differs).collect();
        let in_place = |place: &&str| changed.iter().any(|name| name.starts_with(*place));
        if PLACES.iter().all(in_place) {
            return None;
        }
        let events = changed
            .into_iter()
            .map(|name| self.event(name, self.whole.get(name)?, files.get(name)?));
        events.collect::<Option<Vec<_>>>()?.into_iter().min()
    }

    /// The event whose bytes, length or hash is the first to differ.
    fn event(&self, name: &str, whole: &[u8], damaged: &[u8]) -> Option<u64> {
        let same = whole.iter().zip(damaged).take_while(|(one, other)| one == other).count();
        if name == "events.jsonl" {
            return Some(whole.get(..same)?.split(|byte| *byte == b'\n').skip(1).count() as u64);
        }
        let path: TilePath = name.parse().ok()?;
        let first = path.index() * 256;
        if path.tile().is_some_and(|tile| tile.level == 0) && whole.len() == damaged.len() {
            return Some(first + same as u64 / 32);
        }
        if path.tile().is_some() {
            return None;
        }
        let leaves = self.leaves.get(usize::try_from(first).ok()?..)?;
        let mut end = 0;
        let before = leaves.iter().take(path.width()).take_while(|leaf| {
            end += 2 + leaf.len();
            end <= same
        });
        Some(first + before.count() as u64)
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.leaves.clone()
    }
}

fn joined(lines: &[Vec<u8>]) -> Vec<u8> {
    lines.iter().flat_map(|line| line.iter().chain(b"\n")).copied().collect()
}

#[tokio::test]
async fn a_flipped_bit_is_found_in_any_file() -> Result {
    let mut bench = Bench::new().await?;
    for _ in 0..DAMAGES {
        let file = bench.any_file();
        bench.damage(&file, |bench, bytes| {
            let place = bench.below(bytes.len());
            bytes[place] ^= 1 << bench.below(8);
        })?;
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_shorter_longer_or_gone_is_found() -> Result {
    let mut bench = Bench::new().await?;
    for file in bench.whole.keys().cloned().collect::<Vec<_>>() {
        let mut files = bench.whole.clone();
        files.remove(&file);
        assert_eq!(bench.found(&files)?.file, file);
    }
    for number in 0..DAMAGES {
        let file = bench.any_file();
        bench.damage(&file, |bench, bytes| {
            if number % 2 == 0 {
                bytes.truncate(bench.below(bytes.len()));
            } else {
                let from = bench.below(bytes.len());
                let more = bytes[from..].iter().copied().take(1 + bench.below(600));
                let more: Vec<_> = more.collect();
                bytes.extend(more);
            }
        })?;
    }
    Ok(())
}

#[tokio::test]
async fn lines_that_are_deleted_inserted_duplicated_or_swapped_are_found() -> Result {
    let mut bench = Bench::new().await?;
    for number in 0..DAMAGES {
        bench.damage("events.jsonl", |bench, bytes| {
            let mut lines = bench.lines();
            let (one, other) = (bench.below(lines.len()), bench.below(lines.len()));
            let line = lines[other].clone();
            match number % 4 {
                0 => drop(lines.remove(one)),
                1 => lines.insert(one, line),
                2 => lines.insert(one, lines[one].clone()),
                _ => lines.swap(one, other),
            }
            *bytes = joined(&lines);
        })?;
    }
    Ok(())
}

/// Whoever changes an event in one place, in two, or in all but the signature.
#[tokio::test]
async fn a_rewritten_event_is_found_however_consistently() -> Result {
    let mut bench = Bench::new().await?;
    let places = [&PLACES[..], &["tile/1/"]].concat();
    for number in 0..DAMAGES {
        let position = bench.below(bench.leaves.len());
        let mut leaves = bench.leaves.clone();
        let leaf = &mut leaves[position];
        // A digit, so that most of them are events still.
        let digits: Vec<_> = (0..leaf.len()).filter(|at| leaf[*at].is_ascii_digit()).collect();
        let place = digits[bench.below(digits.len())];
        leaf[place] = if leaf[place] == b'7' { b'3' } else { b'7' };
        let mut files = bench.whole.clone();
        // In the first place alone, in the first two, …
        for place in &places[..=number % places.len()] {
            let rewritten = bench.log.files(&leaves)?;
            files.extend(rewritten.into_iter().filter(|(name, _)| name.starts_with(place)));
        }
        let fault = bench.found(&files)?;
        if number % places.len() == 0 {
            assert!(fault.file.starts_with("tile/entries/"), "{fault}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn swapped_files_are_found() -> Result {
    let bench = Bench::new().await?;
    let names: Vec<_> = bench.whole.keys().cloned().collect();
    for one in &names {
        for other in names.iter().filter(|other| *other > one) {
            let mut files = bench.whole.clone();
            files.insert(one.clone(), bench.whole[other].clone());
            files.insert(other.clone(), bench.whole[one].clone());
            bench.found(&files)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn entries_that_are_deleted_duplicated_or_swapped_are_found() -> Result {
    let mut bench = Bench::new().await?;
    for number in 0..DAMAGES {
        let (one, other) = (bench.below(255), bench.below(256));
        let index = bench.below(2);
        let mut leaves = bench.leaves[index * 256..][..256].to_vec();
        match number % 3 {
            0 => drop(leaves.remove(one)),
            1 => leaves.insert(one, leaves[other].clone()),
            _ => leaves.swap(one, other),
        }
        bench.damage(&format!("tile/entries/00{index}"), |_, bytes| {
            bytes.clear();
            for leaf in &leaves {
                bytes.extend(u16::try_from(leaf.len()).unwrap_or_default().to_be_bytes());
                bytes.extend(leaf);
            }
        })?;
    }
    Ok(())
}

/// An older checkpoint was signed too, but not of these files; nor is that of a fork.
#[tokio::test]
async fn a_checkpoint_of_another_tree_is_found() -> Result {
    let mut bench = Bench::new().await?;
    let size = bench.leaves.len();
    for number in 0..DAMAGES / 4 {
        let mut leaves = bench.leaves.clone();
        let position = bench.below(size);
        if number % 2 == 0 {
            leaves.truncate(position);
        } else {
            leaves[position].push(b' ');
        }
        let mut files = bench.whole.clone();
        let other = bench.log.checkpoint(&leaves)?.to_string();
        files.insert("checkpoint".to_owned(), other.into_bytes());
        bench.found(&files)?;

        // The other way round: everything follows from a rewritten history, but was never signed.
        let mut files =
            bench.log.files(&leaves).or_else(|_| bench.log.files(&bench.leaves[1..]))?;
        files.insert("checkpoint".to_owned(), bench.whole["checkpoint"].clone());
        bench.found(&files)?;
    }
    Ok(())
}

#[tokio::test]
async fn a_stray_file_is_found() -> Result {
    let mut bench = Bench::new().await?;
    let mut strangers: Vec<String> = [
        "notes.txt",
        "checkpoint~",
        ".hidden",
        "CHECKPOINT",
        "tile/notes",
        "tile/0/000.p/255",
        "tile/0/002",
        "tile/entries/002",
        "tile/entries/001.p/12",
        "tile/1/000",
        "tile/1/000.p/1",
        "tile/2/000.p/1",
        "tile/8/0/000",
        "tile/data/000",
        "tile/0/x000/000",
        "a/b/c/d/e/f/g/h/i/j/k",
    ]
    .map(str::to_owned)
    .to_vec();
    for _ in 0..DAMAGES / 4 {
        let (level, index, width) = (bench.below(64), 3 + bench.below(997), 1 + bench.below(255));
        strangers.push(format!("tile/{level}/{index:03}"));
        strangers.push(format!("tile/entries/x{index:03}/{index:03}.p/{width}"));
    }
    for stranger in strangers {
        let mut files = bench.whole.clone();
        let bytes = bench.whole["tile/0/000"].clone();
        assert_eq!(files.insert(stranger.clone(), bytes), None);
        let fault = bench.found(&files)?;
        assert!(stranger.starts_with(&fault.file), "{stranger}: {fault}");
    }
    Ok(())
}
