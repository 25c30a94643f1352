//! Members of an end that do not go together (spec/envelope.md, M5).

use hushring_test_support::cbor;
use serde_json::{Value as Json, json};

use super::{CALL, new};
use crate::author::*;

/// M5: which of caller, ring and device an end has.
pub fn refused(all: &mut Vec<Vector>) {
    let pair = || json!({ "caller": { "bytes": "01".repeat(32) }, "ring": 1 });
    let caller = || json!({ "caller": { "bytes": "01".repeat(32) } });
    let ring = || json!({ "ring": 1 });
    let device = || json!({ "device": { "bytes": "01".repeat(32) } });
    let none = || json!({});
    let both = |one: Json, other: Json| with(one, &other);
    let mut refused = |name: &str, comment: &str, reason: &str, member: &str, members: Json| {
        let content = json!({ "type": "call.end", "callId": CALL, "reason": reason });
        all.push(
            new(&format!("member-end-{name}-{reason}"), "E33 M5", comment)
                .cbor(cbor::content(&with(content, &members)))
                .refused_member(member),
        );
    };
    let comment =
        "The reason is one of somebody who was called: caller and ring are missing, and the first
                   of them is named.";
    for reason in ["declined", "busy", "declinedElsewhere", "answeredElsewhere"] {
        refused("nothing", comment, reason, "caller", none());
    }
    let comment = "Caller and ring are both there or both not: the one that is missing is named.";
    for reason in ["cancelled", "remoteEnded", "declined", "answeredElsewhere"] {
        refused("caller-alone", comment, reason, "ring", caller());
        refused("ring-alone", comment, reason, "caller", ring());
    }
    let comment = "Only answeredElsewhere has a device.";
    for reason in ["failed", "remoteEnded", "unanswered", "cancelled"] {
        refused("device", comment, reason, "device", device());
    }
    for reason in ["declined", "busy", "declinedElsewhere", "failed"] {
        let members = both(pair(), device());
        refused("device-of-a-ring", comment, reason, "device", members);
    }
    refused(
        "device-of-a-ring",
        "A device is what the caller says, caller and ring what those say who were called: the
         device must not be there.",
        "answeredElsewhere",
        "device",
        both(pair(), device()),
    );
    let comment = "A device does not stand for caller and ring. Of a pair of which one is missing,
                   that one is named; of members that are missing or wrong, the first in the order
                   of the table.";
    let reason = "answeredElsewhere";
    refused(
        "device-and-caller",
        comment,
        reason,
        "ring",
        both(caller(), device()),
    );
    refused(
        "device-and-ring",
        comment,
        reason,
        "caller",
        both(ring(), device()),
    );
    refused("device-alone", comment, "declined", "caller", device());
    refused("device-alone", comment, "busy", "caller", device());
    let comment =
        "One member is missing and a later one is wrong, or the other way round: the first
                   in the order of the table is named.";
    let wrong = || json!({ "bytes": "00" });
    for (name, reason, member, members) in [
        (
            "wrong-ring-alone",
            "declinedElsewhere",
            "caller",
            json!({ "ring": wrong() }),
        ),
        (
            "null-ring-alone",
            "remoteEnded",
            "caller",
            json!({ "ring": null }),
        ),
        (
            "wrong-caller-alone",
            "declined",
            "caller",
            json!({ "caller": wrong() }),
        ),
        (
            "ring-and-wrong-device",
            "answeredElsewhere",
            "caller",
            json!({ "ring": 1, "device": wrong() }),
        ),
        (
            "caller-and-wrong-device",
            "declined",
            "ring",
            both(caller(), json!({ "device": wrong() })),
        ),
        (
            "wrong-device-alone",
            "declined",
            "caller",
            json!({ "device": wrong() }),
        ),
        (
            "null-device-alone",
            "busy",
            "caller",
            json!({ "device": null }),
        ),
        (
            "wrong-pair",
            "failed",
            "caller",
            json!({ "caller": wrong(), "ring": wrong(), "device": wrong() }),
        ),
    ] {
        refused(name, comment, reason, member, members);
    }
    for (name, value) in [
        ("31-bytes", json!({ "bytes": "01".repeat(31) })),
        ("33-bytes", json!({ "bytes": "01".repeat(33) })),
        ("text", json!("x".repeat(32))),
        ("null", json!(null)),
    ] {
        refused(
            &format!("device-of-{name}"),
            "The device's key has 32 bytes. Null is not the same as none.",
            reason,
            "device",
            json!({ "device": value }),
        );
    }
    for (name, value) in [
        ("16-bytes", json!({ "bytes": "01".repeat(16) })),
        ("null", json!(null)),
    ] {
        refused(
            &format!("caller-of-{name}"),
            "Where the caller is optional, it has 32 bytes too.",
            "cancelled",
            "caller",
            with(pair(), &json!({ "caller": value })),
        );
    }
    refused(
        "reason-before-the-others",
        "The reason is read first, and is none that there is.",
        "tired",
        "reason",
        device(),
    );
}
