//! Closed sets of names: what the specification, this crate and the npm package call by the same
//! words. Each is declared once, here in Rust; `tests/vocabulary.rs` writes the TypeScript from it
//! and compares the specification with it.

/// A closed set of names.
pub(crate) trait Vocabulary: std::str::FromStr {
    /// Every name, for a text that says which there are.
    const NAMES: &'static str;
}

/// Declares a closed set: the enum, every member, its name, and the way back from a name.
macro_rules! vocabulary {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $(#[$first_doc:meta])* $first:ident = $first_text:literal,
            $($(#[$doc:meta])* $member:ident = $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[$first_doc])* $first,
            $($(#[$doc])* $member,)+
        }

        impl $name {
            /// Every member, in the order in which the specification lists them.
            pub const ALL: [$name; [$first_text, $($text),+].len()] =
                [$name::$first, $($name::$member),+];

            /// Returns the name that the specification and every API use.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $name::$first => $first_text,
                    $($name::$member => $text,)+
                }
            }
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const NAMES: &'static str = concat!($first_text, $(", ", $text),+);
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::UnknownName;

            fn from_str(name: &str) -> Result<$name, $crate::error::UnknownName> {
                match name {
                    $first_text => Ok($name::$first),
                    $($text => Ok($name::$member),)+
                    _ => Err($crate::error::UnknownName),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use vocabulary;
