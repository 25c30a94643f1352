//! What is neither an invitation nor an end.

use hushring::Content;
use hushring::content::{Map, Message, Value};
use hushring_test_support::people::device;

use crate::author::*;
use crate::said::*;

pub fn scenes() -> Vec<Scene> {
    vec![
        signals_of_a_ringing_call(),
        signals_before_the_invite(),
        signals_after_the_end(),
        signals_of_a_tombstone(),
        signals_of_a_missed_call(),
        signals_of_a_foreign_call(),
        unknown_signals(),
        unknown_call_type_without_call(),
        unknown_types(),
        message_with_everything(),
        cover_traffic(),
        from_another_device(),
    ]
}

fn signals_of_a_ringing_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-ringing-call",
        "G4 N26 N27",
        "While the call rings, its signals go to the call engine, in the order in which they came.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let first = s.seal("candidates", by("alice"), candidates(1));
    let second = s.seal("negotiate", by("alice"), negotiate(1));
    let third = s.seal("answer", by("alice"), answer(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&second, at(2), Signal);
    s.receive(&first, at(3), Signal);
    s.receive(&third, at(4), Signal);
    s.pending(
        at(4),
        &[
            (&invite, Ring),
            (&second, Signal),
            (&first, Signal),
            (&third, Signal),
        ],
    );
    s
}

fn signals_before_the_invite() -> Scene {
    let mut s = Scene::new(
        "signals-before-the-invite",
        "A8 G6",
        "Signals of a call that is not known yet are dropped, and leave no trace: the invitation
         rings. (Candidates travel in the offer, so nothing is lost.)",
    );
    s.trust("alice");
    let signal = s.seal("signal", by("alice"), candidates(1));
    let invite = s.seal("invite", by("alice"), invite(1));
    s.receive(&signal, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.pending(at(1), &[(&invite, Ring)]);
    s
}

fn signals_after_the_end() -> Scene {
    let mut s = Scene::new(
        "signals-after-the-end",
        "G5 Z6",
        "A call that has ended takes no signals.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let cancel = s.seal("cancel", by("alice"), cancel(1));
    let late = s.seal("late", by("alice"), negotiate(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&cancel, at(2), End(2));
    s.receive(&late, at(3), Drop("over"));
    s
}

fn signals_of_a_tombstone() -> Scene {
    let mut s = Scene::new(
        "signals-after-an-early-end",
        "G5 Z12",
        "The end came before the invitation. The call is recorded, and takes no signals.",
    );
    s.trust("alice");
    let cancel = s.seal("cancel", by("alice"), cancel(1));
    let late = s.seal("late", by("alice"), candidates(1));
    s.receive(&cancel, at(1), Drop("unknown"));
    s.receive(&late, at(2), Drop("over"));
    s
}

fn signals_of_a_missed_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-missed-call",
        "A6 G5",
        "A missed call takes no signals, though its caller has not ended it.",
    );
    s.trust("alice");
    let invite = s.seal("invite", by("alice"), invite(1));
    let signal = s.seal("signal", by("alice"), candidates(1));
    s.receive(&invite, at(600), Missed("expired"));
    s.receive(&signal, at(600), Drop("over"));
    s
}

fn signals_of_a_foreign_call() -> Scene {
    let mut s = Scene::new(
        "signals-of-a-foreign-call",
        "G4 G6",
        "Carol's signal with the callId of Alice's call is about a call of Carol's, which does not
         exist.",
    );
    s.trust("alice");
    s.trust("carol");
    let invite = s.seal("invite", by("alice"), invite(1));
    let foreign = s.seal("foreign", by("carol"), candidates(1));
    let real = s.seal("real", by("alice"), candidates(1));
    s.receive(&invite, at(1), Ring);
    s.receive(&foreign, at(1), Drop("unknown"));
    s.receive(&real, at(1), Signal);
    s
}

fn unknown_signals() -> Scene {
    let mut s = Scene::new(
        "unknown-call-type-with-a-call-id",
        "G1 G4 G5 G6 M10",
        "A type that begins with `call.` and is not known is a signal of its call, for an app that
         knows it: of a ringing call, of a placed one, and not of an unknown or ended one.",
    );
    s.trust("alice");
    s.place_call(call_id(2), &["alice"], at(0));
    let early = s.seal("early", by("alice"), unknown("call.hold", Some(1)));
    let invite = s.seal("invite", by("alice"), invite(1));
    let hold = s.seal("hold", by("alice"), unknown("call.hold", Some(1)));
    let placed = s.seal("placed", by("alice"), unknown("call.", Some(2)));
    let cancel = s.seal("cancel", by("alice"), cancel(1));
    let late = s.seal("late", by("alice"), unknown("call.hold", Some(1)));
    s.receive(&early, at(1), Drop("unknown"));
    s.receive(&invite, at(1), Ring);
    s.receive(&hold, at(1), Signal);
    s.receive(&placed, at(1), SignalOfPlaced);
    s.receive(&cancel, at(2), End(2));
    s.receive(&late, at(2), Drop("over"));
    s
}

fn unknown_call_type_without_call() -> Scene {
    let mut s = Scene::new(
        "unknown-call-type-without-a-call-id",
        "M10 N26",
        "Without a callId an unknown `call.` type belongs to no call: it is a message marked unknown.",
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
        "Any other unknown type is a message marked unknown, and the app gets all of its members. Only
         the whole beginning `call.` makes a signal; a callId is nothing special elsewhere.",
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
        "A message is shown. The app gets its data, and members that version 1 does not know, as they
         are: texts that look alike stay apart, and no bytes are lost.",
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
        "E27 M13 N15 N26",
        "Cover traffic has no effect but that its id is known afterwards. It does not enter the
         journal.",
    );
    s.trust("alice");
    let first = s.seal("first", by("alice"), cover());
    s.receive(&first, at(1), Drop("cover"));
    s.receive(&first, at(2), Duplicate);
    s.pending(at(2), &[]);
    s.acknowledge(&first, false);
    s
}

fn from_another_device() -> Scene {
    let mut s = Scene::new(
        "signals-from-another-device",
        "G1 G4",
        "A signal may come from any device of the account: calls belong to accounts.",
    );
    s.trust("alice");
    let tablet = || by_device(device("alice", "tablet"));
    s.place_call(call_id(2), &["alice"], at(0));
    let invite = s.seal("invite", by("alice"), invite(1));
    let signal = s.seal("signal", tablet(), candidates(1));
    let answer = s.seal("answer", tablet(), answer(2));
    s.receive(&invite, at(1), Ring);
    s.receive(&signal, at(1), Signal);
    s.receive(&answer, at(1), SignalOfPlaced);
    s
}
