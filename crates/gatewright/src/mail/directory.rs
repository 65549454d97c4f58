//! Mail into a directory: one `.eml` file a message, complete as soon as it is there.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where files go.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Writes a message. Doing it twice leaves one file.
    pub(super) async fn write(&self, name: String, content: Vec<u8>) -> io::Result<()> {
        let directory = self.0.clone();
        tokio::task::spawn_blocking(move || write_whole(&directory, &name, &content))
            .await
            .map_err(io::Error::other)?
    }
}

/// A reader sees the whole file or none; only its owner may read it, as links in it are secrets.
fn write_whole(directory: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let unfinished = directory.join(format!(".{name}.part"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, directory.join(format!("{name}.eml")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_message_is_one_file_however_often_it_is_written() {
        let unique = uuid::Uuid::now_v7();
        let path = std::env::temp_dir().join(format!("gatewright-mail-{unique}"));
        let directory = Directory::new(path.clone());
        for content in ["first", "second"] {
            let content = content.as_bytes().to_vec();
            directory.write("name".to_owned(), content).await.unwrap();
        }
        let files: Vec<_> = fs::read_dir(&path).unwrap().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(fs::read(path.join("name.eml")).unwrap(), b"second");
        fs::remove_dir_all(path).unwrap();
    }
}
