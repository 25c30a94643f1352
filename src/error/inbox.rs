use crate::error::code::errors;
use crate::error::{KeyError, Problem};

errors! {
    /// Says what an inbox does not take from the app. Nothing has changed.
    pub enum InboxError {
        /// A pinned handle or name is too long, contains U+0000, or is not a phone number although
        /// its type says so.
        #[error("{member} {problem}")]
        BadContent {
            /// `handle.value` or `displayName`.
            member: &'static str,
            /// What is wrong with it.
            problem: Problem,
        },
        /// The call does not ring, or is neither answered nor placed here.
        #[error("no call of this caller and this callId rings here or is answered: it is over, or unknown")]
        CallOver,
        /// The call's invitation would be dated more than 10 minutes ahead of `now`: the clock went
        /// back since the call was placed. Place it with a new id.
        #[error("dated more than 10 minutes ahead of now: place the call with a new callId")]
        Clock,
        /// A bound of the inbox is reached.
        #[error("the inbox has no room for another")]
        InboxFull,
        .. /// A publication is not possible.
        Key(#[from] KeyError),
    }
}

errors! {
    /// Says why saved state was not loaded, of an inbox or of what an account last published. Keep
    /// the bytes, and do not go on with nothing: an empty inbox would accept replays, and a server
    /// could bring back old bundles.
    pub enum StateError {
        /// Nothing saved these bytes, or they were damaged since.
        #[error("the saved state is damaged")]
        BadState,
        /// The state is of a lower revision than was demanded: an older copy has taken its place.
        #[error("this state is older than one that was saved before: it was restored from a copy")]
        StateRolledBack,
        /// A later version saved the state.
        #[error("a later version saved this state")]
        StateTooNew,
        /// The state was saved for another account.
        #[error("the state belongs to another account")]
        WrongAccount,
        /// The state was saved for another device.
        #[error("the state belongs to another device")]
        WrongDevice,
    }
}
