//! What is neither an invitation nor an end.

use hushring::Content;
use hushring::content::{Map, Message, Value};

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        signals_of_a_ringing_call(),
        signals_after_the_end(),
        signals_of_a_tombstone(),
        unknown_signals(),
        unknown_call_type_without_call(),
        unknown_types(),
        message_with_everything(),
        cover_traffic(),
    ]
}

fn signals_of_a_ringing_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-ringing-call",
        "G8 N26 N27",
        "While the call rings, and after it was answered, its signals go to the call engine, in the
         order in which they came.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let first = s.seal("candidates", by("alice"), candidates(1));
    let second = s.seal("negotiate", by("alice"), negotiate(1));
    let third = s.seal("hold", by("alice"), unknown("call.hold", Some(1)));
    s.receive(&invite, at(1), Ring);
    s.receive(&second, at(2), Signal);
    s.receive(&first, at(3), Signal);
    s.answered("alice", 1, at(0));
    s.receive(&third, at(4), Signal);
    s.pending(
        at(4),
        &[
            (&invite, Signal),
            (&second, Signal),
            (&first, Signal),
            (&third, Signal),
        ],
    );
    s
}

fn signals_after_the_end() -> Scene {
    let mut s = Scene::new(
        "signals-after-the-end",
        "G10 G11 Z2",
        "A call that has ended takes no signals. Those that are newer than its end may be of a
         newer ring.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    let late = s.seal("late", by("alice").at(at(1)), negotiate(1));
    let newer = s.seal("newer", by("alice").at(at(2)), negotiate(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(2), End(2));
    s.receive(&late, at(3), Drop("over"));
    s.receive(&newer, at(3), Drop("early"));
    s
}

fn signals_of_a_tombstone() -> Scene {
    let mut s = Scene::new(
        "signals-after-an-early-end",
        "G10 G11 Z3",
        "The end came before the invitation. The call is recorded, and signals up to its end are
         over.",
    );
    s.trust("alice");
    let cancel = s.seal("cancel", by("alice").at(at(1)), cancel(1));
    let late = s.seal("late", by("alice"), candidates(1));
    let newer = s.seal("newer", by("alice").at(at(1) + 1), candidates(1));
    s.receive(&cancel, at(1), Drop("unknown"));
    s.receive(&late, at(2), Drop("over"));
    s.receive(&newer, at(2), Drop("early"));
    s
}

fn unknown_signals() -> Scene {
    let mut s = Scene::new(
        "unknown-call-type-with-a-call-id",
        "G6 G8 G10 G11 M10",
        "A type that begins with `call.` and is not known is a signal of its call, for an app that
         knows it: of a ringing call, of a placed one, and not of an ended one. One that comes too
         early is kept.",
    );
    s.trust("alice");
    let early = s.seal("early", by("alice"), unknown("call.hold", Some(1)));
    let invite = s.seal("invite", by("alice"), invite(1));
    let hold = s.seal("hold", by("alice"), unknown("call.hold", Some(1)));
    let placed = s.seal("placed", by("alice"), unknown("call.", Some(2)));
    let cancel = s.seal("cancel", by("alice"), cancel(1));
    let late = s.seal("late", by("alice"), unknown("call.hold", Some(1)));
    s.receive(&early, at(1), Drop("early"));
    s.receive(&invite, at(1), Ring);
    s.receive(&hold, at(1), Signal);
    s.place(2, &["alice"], at(1));
    s.receive(&placed, at(1), SignalOfPlaced);
    s.receive(&cancel, at(2), End(2));
    s.receive(&late, at(2), Drop("over"));
    s
}

fn unknown_call_type_without_call() -> Scene {
    let mut s = Scene::new(
        "unknown-call-type-without-a-call-id",
        "M10 N26",
        "Without a callId an unknown `call.` type belongs to no call: it is a message marked
         unknown.",
    );
    s.trust("alice");
    let status = s.seal("status", by("alice"), unknown("call.statistics", None));
    s.receive(&status, at(1), NotifyUnknown);
    s.pending(at(1), &[(&status, NotifyUnknown)]);
    s
}

fn unknown_types() -> Scene {
    let mut s = Scene::new(
        "unknown-types",
        "M4 M10 N26",
        "Any other unknown type is a message marked unknown, and the app gets all of its members.
         Only the whole beginning `call.` makes a signal; a callId is nothing special elsewhere.",
    );
    s.trust("alice");
    let poll = s.seal("poll", by("alice"), unknown("app.poll", None));
    let upper = s.seal("upper", by("alice"), unknown("Call.hold", None));
    let empty = s.seal("empty", by("alice"), unknown("", None));
    let Content::Unknown(mut content) = unknown("call", None) else {
        unreachable!()
    };
    content.extra.insert("callId", call_id(1).to_vec());
    let call = s.seal("call", by("alice"), Content::Unknown(content));
    for letter in [&poll, &upper, &empty, &call] {
        s.receive(letter, at(1), NotifyUnknown);
    }
    s
}

fn message_with_everything() -> Scene {
    let mut s = Scene::new(
        "message-with-every-kind-of-value",
        "M4 N26",
        "A message is shown. The app gets its data, and members that version 1 does not know, as
         they are: texts that look alike stay apart, and no bytes are lost.",
    );
    s.trust("alice");
    let data: Map = [
        ("null", Value::Null),
        ("true", true.into()),
        ("least", (-Value::MAX_INTEGER).into()),
        ("half", Value::Float(0.5)),
        ("bytes", vec![0_u8, 0xff].into()),
        ("empty", Value::Array(Vec::new())),
        ("e\u{301}", "combining".into()),
        ("\u{e9}", "composed".into()),
        ("__proto__", "a name like any other".into()),
        ("2", "second".into()),
        ("10", "tenth".into()),
    ]
    .into_iter()
    .collect();
    let content = Content::Message(Message {
        body: Some("\u{feff}Grüße \u{1f44b}".into()),
        data: Some(data.into()),
        extra: [("callId", "no call")].into_iter().collect(),
    });
    let message = s.seal("message", by("alice"), content);
    s.receive(&message, at(1), Notify);
    s.pending(at(1), &[(&message, Notify)]);
    s
}

fn cover_traffic() -> Scene {
    let mut s = Scene::new(
        "cover-shows-nothing",
        "E27 M13 N17 N26",
        "Cover has no effect, not even that its id is known afterwards. It does not enter the
         journal.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), cover());
    s.receive(&first, at(1), Drop("cover"));
    s.receive(&first, at(2), Drop("cover"));
    s.pending(at(2), &[]);
    s.acknowledge(&first, false);
    s
}
