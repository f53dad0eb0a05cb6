//! An index that the engine lacks: each write to a table with a stream asks for the stream's highest number, and so grew
//! dearer with each record (docs/adr/0006-embedded-engine.md).
//!
//! It depends on the engine's inner schema, so the engine's version is pinned.

use std::path::Path;

use dynoxide::Database;
use rusqlite::Connection;

const INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_by_number
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The engine does not take it over.
    #[error(transparent)]
    Engine(#[from] dynoxide::DynoxideError),
    /// SQLite refuses it.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// There is no room for a file in between.
    #[error(transparent)]
    File(#[from] std::io::Error),
}

/// Makes it in the database's file, by a second connection; or in the memory of a database that is still empty, by way
/// of a file.
pub(super) fn make(database: &Database, file: Option<&Path>) -> Result<(), IndexError> {
    if let Some(file) = file {
        return Ok(Connection::open(file)?.execute_batch(INDEX)?);
    }
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("empty.sqlite");
    let path = file.to_string_lossy();
    drop(Database::new(&path)?);
    Connection::open(&file)?.execute_batch(INDEX)?;
    Ok(database.restore_from(&path)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// How the engine's question before each write is answered, by SQLite's own plan.
    fn plan(database: &Database) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.sqlite");
        database.vacuum_into(&file.to_string_lossy()).unwrap();
        let question = "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
            FROM _stream_records WHERE table_name = 'Users'";
        Connection::open(file).unwrap().query_row(question, [], |row| row.get("detail")).unwrap()
    }

    #[test]
    fn the_engine_finds_the_highest_number_by_the_index_in_memory_and_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("database.sqlite");
        let kept = Database::new(&file.to_string_lossy()).unwrap();
        for (database, file) in [(Database::memory().unwrap(), None), (kept, Some(file.as_path()))] {
            assert!(!plan(&database).contains("INDEX"), "{}", plan(&database));
            for _ in 0..2 {
                make(&database, file).unwrap();
                assert!(plan(&database).contains("USING COVERING INDEX stream_by_number"), "{}", plan(&database));
            }
        }
    }
}
