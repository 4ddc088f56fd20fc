//! The command that runs a scenario again, as its run did.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::{
    args::{Args, Browser},
    plan::Case,
};

/// A run's own command, without what it selected; its results go elsewhere, so that they do not take the place of those that it is
/// printed in. What may be spent is for people to say anew.
#[derive(Debug)]
pub struct Repeat(String);

impl Repeat {
    /// Of a run with these flags, its order and the stand-in's chances decided by `seed`.
    pub fn of(args: &Args, seed: u64) -> Self {
        let mut command = String::from("cargo test --test purchase --");
        let path = |path: &Path| Some(path.display().to_string());
        let browser = args.browser.to_possible_value().filter(|_| args.browser != Browser::Chromium);
        let unless_one = |factor: f64| (factor != 1.0).then(|| factor.to_string());
        for (flag, value) in [
            ("target", args.target.as_deref().and_then(path)),
            ("features", args.features.as_deref().and_then(path)),
            ("browser", browser.map(|browser| browser.get_name().to_owned())),
            ("skin", args.skin.clone()),
            ("generation", args.generation.clone()),
            ("lang", args.lang.clone()),
            ("delays", args.delays.clone()),
            ("latency", args.latency.map(|ms| ms.to_string())),
            ("jitter", args.jitter.map(|ms| ms.to_string())),
            ("error-rate", args.error_rate.clone()),
            ("defect", args.defect.clone()),
            ("viewport", args.viewport.map(|window| window.to_string())),
            ("time-scale", unless_one(args.time_scale)),
            ("seed", Some(seed.to_string())),
            ("out", path(&again(&args.out))),
        ] {
            command.extend(value.map(|value| format!(" --{flag} {}", quoted(&value))));
        }
        if args.headed {
            command.push_str(" --headed");
        }
        Self(command)
    }

    /// The command that runs just this scenario.
    pub fn command(&self, case: &Case) -> String {
        format!("{} --name {}", self.0, in_quotes(&format!("^{}$", regex::escape(&case.unique_title()))))
    }
}

/// A folder beside this one, and beside the one that is beside it.
fn again(out: &Path) -> PathBuf {
    const AGAIN: &str = "-again";
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let (stem, times) = match name.rsplit_once(AGAIN) {
        Some((stem, "")) => (stem, 2),
        Some((stem, times)) if times.starts_with('-') => (stem, times[1..].parse::<u32>().map_or(1, |times| times + 1)),
        _ => (&*name, 1),
    };
    out.with_file_name(if times > 1 { format!("{stem}{AGAIN}-{times}") } else { format!("{name}{AGAIN}") })
}

/// As one word of a shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { in_quotes(text) }
}

fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn a_run_is_repeated_with_all_that_it_was_run_with() {
        let of = |arguments: &[&str]| Repeat::of(&Args::parse_from([&["purchase"], arguments].concat()), 7).0;
        assert_eq!(of(&[]), "cargo test --test purchase -- --seed 7 --out target/e2e-again");
        let all = [
            "--skin",
            "tea",
            "--lang",
            "zh-CN",
            "--delays",
            "0.5",
            "--latency",
            "20",
            "--jitter",
            "30",
            "--error-rate",
            "0.1",
            "--defect",
            "none",
            "--time-scale",
            "2.5",
            "--browser",
            "firefox",
            "--features",
            "my features",
            "--out",
            "out",
            "--viewport",
            "1024x768",
        ];
        assert_eq!(
            of(&[&all[..], &["--headed", "--retry", "2", "--spend-up-to", "5.00"]].concat()),
            "cargo test --test purchase -- --features 'my features' --browser firefox --skin tea --lang zh-CN --delays 0.5 --latency 20 --jitter 30 --error-rate 0.1 --defect none --viewport 1024x768 --time-scale 2.5 --seed 7 --out out-again --headed"
        );
        assert!(of(&["--generation", "today"]).starts_with("cargo test --test purchase -- --generation today "));
        assert!(of(&["--target", "it's.yaml"]).contains(r" --target 'it'\''s.yaml' "));
    }

    #[test]
    fn no_repetition_has_the_folder_of_the_run_that_it_is_printed_in() {
        let mut out = PathBuf::from("target/e2e");
        let mut names = Vec::new();
        for _ in 0..4 {
            out = again(&out);
            names.push(out.display().to_string());
        }
        assert_eq!(names, ["target/e2e-again", "target/e2e-again-2", "target/e2e-again-3", "target/e2e-again-4"]);
    }
}
