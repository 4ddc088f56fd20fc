//! Pictures of pages, within the files made from a run.

use std::{fs, path::Path};

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A picture as a `data:` address; its file is named after its format.
///
/// # Errors
/// When it cannot be read.
pub fn data_url(file: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(file).with_context(|| format!("reading the picture {}", file.display()))?;
    let format = file.extension().unwrap_or_default().to_string_lossy();
    Ok(format!("data:image/{format};base64,{}", STANDARD.encode(bytes)))
}
