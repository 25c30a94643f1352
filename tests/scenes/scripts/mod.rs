//! The scenes, by theme.

mod answers;
mod blocking;
mod clock;
mod clock_room;
mod crossed;
mod crowds;
mod dictionary;
mod early;
mod elsewhere;
mod ends;
mod faults;
mod freed;
mod invitations;
mod joined;
mod kept;
mod left;
mod listing;
mod names;
mod opening;
mod own_account;
mod placed;
mod precedence;
mod publishing;
mod reading;
mod remembered;
mod replay;
mod revocations;
mod revoked_devices;
mod room;
mod signals;
mod state;
mod steps;
mod times;
mod trust;

use crate::author::Scene;

pub fn all() -> Vec<Scene> {
    let themes = [
        answers::scenes(),
        blocking::scenes(),
        clock::scenes(),
        clock_room::scenes(),
        crossed::scenes(),
        crowds::scenes(),
        dictionary::scenes(),
        early::scenes(),
        elsewhere::scenes(),
        ends::scenes(),
        faults::scenes(),
        freed::scenes(),
        invitations::scenes(),
        joined::scenes(),
        kept::scenes(),
        left::scenes(),
        listing::scenes(),
        names::scenes(),
        opening::scenes(),
        own_account::scenes(),
        placed::scenes(),
        precedence::scenes(),
        publishing::scenes(),
        reading::scenes(),
        remembered::scenes(),
        replay::scenes(),
        revocations::scenes(),
        revoked_devices::scenes(),
        room::scenes(),
        signals::scenes(),
        state::scenes(),
        steps::scenes(),
        times::scenes(),
        trust::scenes(),
    ];
    themes.into_iter().flatten().collect()
}
