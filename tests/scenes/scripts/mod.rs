//! The scenes, by theme.

mod calls;
mod elsewhere;
mod kept;
mod names;
mod opening;
mod placed;
mod precedence;
mod reading;
mod replay;
mod revocations;
mod room;
mod signals;
mod state;
mod times;
mod trust;

use crate::author::Scene;

pub fn all() -> Vec<Scene> {
    let themes = [
        calls::scenes(),
        elsewhere::scenes(),
        kept::scenes(),
        names::scenes(),
        opening::scenes(),
        placed::scenes(),
        precedence::scenes(),
        reading::scenes(),
        replay::scenes(),
        revocations::scenes(),
        room::scenes(),
        signals::scenes(),
        state::scenes(),
        times::scenes(),
        trust::scenes(),
    ];
    themes.into_iter().flatten().collect()
}
