//! What the stand-ins know, kept in a folder beside the database's file.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("--data {path}")]
pub struct KeepError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Takes the folder for this process alone, for as long as what is returned lives.
pub fn hold(folder: &Path) -> Result<File, KeepError> {
    let refused = |source| KeepError { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(refused)?;
    let lock = File::create(folder.join("lock")).map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(refused(io::Error::other("another `cargo dev` uses this folder"))),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

/// Reads what was kept of `name`; `None` at the first start.
pub fn load(folder: &Path, name: &str) -> Result<Option<Value>, KeepError> {
    let path = folder.join(format!("{name}.json"));
    let refused = |source| KeepError { path: path.clone(), source };
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| refused(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(refused(error)),
    }
}

/// Keeps `value` as what is known of `name`: whole or not at all.
pub fn save(folder: &Path, name: &str, value: &Value) -> Result<(), KeepError> {
    let path = folder.join(format!("{name}.json"));
    let fresh = folder.join(format!("{name}.json.new"));
    let write = || {
        std::fs::create_dir_all(folder)?;
        std::fs::write(&fresh, value.to_string())?;
        std::fs::rename(&fresh, &path)
    };
    write().map_err(|source| KeepError { path: path.clone(), source })
}
