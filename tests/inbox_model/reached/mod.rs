//! How often each theme has to reach what it is for: about half as often as it does. Steps and lines
//! of the tables have the names of the specification.

mod calls;
mod crowds;
mod floods;
mod ownership;
mod placed;
mod strangers;
mod times;

pub use calls::CALLS;
pub use crowds::CROWDS;
pub use floods::FLOODS;
pub use ownership::OWNERSHIP;
pub use placed::PLACED;
pub use strangers::STRANGERS;
pub use times::TIMES;
