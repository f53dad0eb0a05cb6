//! An index that the engine lacks: each write to a table with a stream asks for the stream's highest number, and so grew
//! dearer with each record (ADR 0026).
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
