//! The machine, as far as installing and starting a browser depends on it.

/// Which system this is and what this process may do to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Host {
    /// The distribution and those it is like, as `/etc/os-release` names them: `["ubuntu", "debian"]`. Empty where
    /// there is no such file.
    pub families: Vec<String>,
    /// Whether this process is root: it may install, and Chromium's sandbox refuses to work.
    pub root: bool,
}

impl Host {
    /// The machine and the user of this process.
    pub fn here() -> Self {
        let release =
            ["/etc/os-release", "/usr/lib/os-release"].iter().find_map(|file| std::fs::read_to_string(file).ok());
        Self { families: families(&release.unwrap_or_default()), root: nix::unistd::geteuid().is_root() }
    }

    /// Whether this is Debian or a descendant, such as Ubuntu.
    pub fn is_debian_like(&self) -> bool {
        self.is("debian") || self.is("ubuntu")
    }

    /// Whether Chromium's packages are empty shells that point to a snap.
    pub(super) fn has_chromium_as_snap(&self) -> bool {
        self.is("ubuntu")
    }

    fn is(&self, family: &str) -> bool {
        self.families.iter().any(|its| its == family)
    }
}

/// `ID` and `ID_LIKE`, which may be quoted, and the latter a list.
fn families(release: &str) -> Vec<String> {
    let value = |key: &str| {
        let line = release.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches(['"', '\'']).split_whitespace().map(str::to_lowercase)
    };
    value("ID").chain(value("ID_LIKE")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_names_its_families() {
        let mint = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=22\n";
        assert_eq!(families(mint), ["linuxmint", "ubuntu", "debian"]);
        assert_eq!(families("PRETTY_NAME='x'\nID='debian'\n"), ["debian"]);
        assert!(families("").is_empty());
    }
}
