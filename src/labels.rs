//! The domain labels (spec/envelope.md, "Labels"): each separates one use of a key or a hash from
//! all others.

/// A use of a key or a hash. No two uses share a label.
#[derive(Clone, Copy)]
pub(crate) enum Label {
    CallKit,
    Certificate,
    DeviceRevocation,
    Encapsulation,
    Envelope,
    Fingerprint,
    Link,
    LinkGrant,
    LinkRequest,
    Prekey,
    Revocation,
}

impl Label {
    /// Returns the label with the zero byte that follows it, so that no label is the beginning of
    /// another.
    pub(crate) const fn as_bytes(self) -> &'static [u8] {
        match self {
            Label::CallKit => b"hushring/1 callkit\0",
            Label::Certificate => b"hushring/1 certificate\0",
            Label::DeviceRevocation => b"hushring/1 device revocation\0",
            Label::Encapsulation => b"hushring/1 encapsulation\0",
            Label::Envelope => b"hushring/1 envelope\0",
            Label::Fingerprint => b"hushring/1 fingerprint\0",
            Label::Link => b"hushring/1 link\0",
            Label::LinkGrant => b"hushring/1 link grant\0",
            Label::LinkRequest => b"hushring/1 link request\0",
            Label::Prekey => b"hushring/1 prekey\0",
            Label::Revocation => b"hushring/1 revocation\0",
        }
    }
}
