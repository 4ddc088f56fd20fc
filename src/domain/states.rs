//! States of what was bought, whose meaning is the suite's own.

/// A set of states with one name each: the name in features, and (lower case, hyphens) the key in profiles.
macro_rules! states {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($(#[$vdoc:meta])* $variant:ident = $text:literal / $key:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every state, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The key of this state in a profile.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self { $(Self::$variant => $text),+ })
            }
        }

        impl std::str::FromStr for $name {
            type Err = anyhow::Error;
            /// Reads the name in features, or the key in profiles.
            fn from_str(text: &str) -> anyhow::Result<Self> {
                match Self::ALL.iter().find(|state| state.key() == text || state.to_string() == text) {
                    Some(state) => Ok(*state),
                    None => anyhow::bail!("{text:?} is no {}; there are: {}", $what, [$($text),+].join(", ")),
                }
            }
        }
    };
}
pub(crate) use states;
