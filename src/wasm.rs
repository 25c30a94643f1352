//! The WebAssembly binding. It converts and nothing else; the npm package's API is `js/src`, the
//! only caller. Times are milliseconds since 1970, content a JavaScript `Map`, a failure a plain
//! object with `code` and `message`.

use std::fmt;
use std::str::FromStr;

use js_sys::{Array, Number, Object, Uint8Array};
use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use crate::signing::Hex;
use crate::{
    AccountKey, Action, BundleCheck, CallId, CallKit, Check, Contact, Content, ContentError,
    DeviceKey, Event, Handle, HandleType, InboxError, KeyError, LinkGrant, LinkRequest, LinkSecret,
    Map, MessageId, Newest, OpenError, Outcome, PrekeyId, Revocation, SealError, SealOptions,
    Signature, Suite, UnixMillis, UnixSeconds, UnsignedBundle, UnsignedCertificate,
    UnsignedEnvelope, UnsignedLinkRequest, UnsignedRevocation, Validity, Value,
};

type Result<T, E = JsValue> = std::result::Result<T, E>;

#[wasm_bindgen]
pub struct Account(crate::Account);

#[wasm_bindgen]
impl Account {
    pub fn generate() -> Result<Account> {
        crate::Account::generate().map(Account).map_err(key_failure)
    }

    pub fn import(seed: Vec<u8>) -> Result<Account> {
        let seed = Zeroizing::new(seed);
        crate::Account::import(&seed)
            .map(Account)
            .map_err(key_failure)
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn fingerprint(&self) -> String {
        self.0.public_key().fingerprint()
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn certify(
        &self,
        request: &[u8],
        secret: Vec<u8>,
        not_before: Option<f64>,
        floor: Option<f64>,
        expires_at: f64,
        now: f64,
    ) -> Result<Uint8Array> {
        let validity = validity(not_before, floor, expires_at, now);
        self.0
            .certify(request, &link_secret(secret)?, &validity)
            .map(|grant| bytes(&grant.to_bytes()))
            .map_err(key_failure)
    }

    pub fn revoke(&self, floor: f64, now: f64) -> Result<Uint8Array> {
        self.0
            .revoke(seconds(floor), millis(now))
            .map(|revocation| bytes(&revocation.to_bytes()))
            .map_err(key_failure)
    }
}

#[wasm_bindgen]
pub struct PendingDevice(crate::PendingDevice);

#[wasm_bindgen]
impl PendingDevice {
    pub fn generate() -> Result<PendingDevice> {
        crate::PendingDevice::generate()
            .map(PendingDevice)
            .map_err(key_failure)
    }

    pub fn import(seed: Vec<u8>) -> Result<PendingDevice> {
        let seed = Zeroizing::new(seed);
        crate::PendingDevice::import(&seed)
            .map(PendingDevice)
            .map_err(key_failure)
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn request(&self, secret: Vec<u8>, now: f64) -> Result<Uint8Array> {
        self.0
            .request(&link_secret(secret)?, millis(now))
            .map(|request| bytes(&request.to_bytes()))
            .map_err(key_failure)
    }

    pub fn activate(
        &self,
        request: &[u8],
        grant: &[u8],
        secret: Vec<u8>,
        now: f64,
    ) -> Result<Device> {
        let (secret, now) = (link_secret(secret)?, millis(now));
        let request = LinkRequest::from_bytes(request, &secret).map_err(key_failure)?;
        self.0
            .activate(grant, &request, &secret, now)
            .map(Device)
            .map_err(key_failure)
    }
}

#[wasm_bindgen]
pub struct Device(crate::Device);

#[wasm_bindgen]
impl Device {
    pub fn enroll(
        account: &Account,
        not_before: Option<f64>,
        floor: Option<f64>,
        expires_at: f64,
        now: f64,
    ) -> Result<Device> {
        let validity = validity(not_before, floor, expires_at, now);
        crate::Device::enroll(&account.0, &validity)
            .map(Device)
            .map_err(key_failure)
    }

    pub fn import(exported: Vec<u8>) -> Result<Device> {
        let exported = Zeroizing::new(exported);
        crate::Device::import(&exported)
            .map(Device)
            .map_err(key_failure)
    }

    #[wasm_bindgen(js_name = publicKey)]
    pub fn public_key(&self) -> Uint8Array {
        bytes(self.0.public_key().as_bytes())
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn certificate(&self) -> Certificate {
        Certificate(self.0.certificate().clone())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }

    pub fn request(&self, secret: Vec<u8>, now: f64) -> Result<Uint8Array> {
        self.0
            .request(&link_secret(secret)?, millis(now))
            .map(|request| bytes(&request.to_bytes()))
            .map_err(key_failure)
    }

    pub fn activate(
        &self,
        request: &[u8],
        grant: &[u8],
        secret: Vec<u8>,
        now: f64,
    ) -> Result<Device> {
        let (secret, now) = (link_secret(secret)?, millis(now));
        let request = LinkRequest::from_bytes(request, &secret).map_err(key_failure)?;
        self.0
            .activate(grant, &request, &secret, now)
            .map(Device)
            .map_err(key_failure)
    }

    pub fn publish(&self, prekeys: &PrekeyList, now: f64) -> Result<Vec<Uint8Array>> {
        self.0
            .publish(&prekeys.refs(), millis(now))
            .map(|bundles| bundles.iter().map(|b| bytes(&b.to_bytes())).collect())
            .map_err(key_failure)
    }

    pub fn seal(
        &self,
        bundle: &PrekeyBundle,
        content: JsValue,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Uint8Array> {
        let options = seal_options(message_id, now)?;
        self.0
            .seal(&bundle.0, &read_content(content)?.0, options)
            .map(|envelope| bytes(envelope.as_bytes()))
            .map_err(seal_failure)
    }

    #[wasm_bindgen(js_name = sealMany)]
    pub fn seal_many(
        &self,
        bundles: &BundleList,
        content: JsValue,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Vec<Uint8Array>> {
        let options = seal_options(message_id, now)?;
        self.0
            .seal_many(&bundles.refs(), &read_content(content)?.0, options)
            .map(|envelopes| envelopes.iter().map(|e| bytes(e.as_bytes())).collect())
            .map_err(seal_failure)
    }
}

/// A certificate whose signature has been checked, once.
#[wasm_bindgen]
pub struct Certificate(crate::Certificate);

#[wasm_bindgen]
impl Certificate {
    pub fn parse(certificate: &[u8]) -> Result<Certificate> {
        crate::Certificate::from_bytes(certificate)
            .map(Certificate)
            .map_err(key_failure)
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn device(&self) -> Uint8Array {
        bytes(self.0.device().as_bytes())
    }

    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        bytes(&self.0.to_bytes())
    }
}

#[wasm_bindgen]
pub struct Prekey(crate::Prekey);

#[wasm_bindgen]
impl Prekey {
    pub fn generate(suite: &str, expires_at: f64, now: f64) -> Result<Prekey> {
        crate::Prekey::generate(suite_of(suite)?, seconds(expires_at), millis(now))
            .map(Prekey)
            .map_err(key_failure)
    }

    pub fn import(exported: Vec<u8>) -> Result<Prekey> {
        let exported = Zeroizing::new(exported);
        crate::Prekey::import(&exported)
            .map(Prekey)
            .map_err(key_failure)
    }

    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    pub fn suite(&self) -> String {
        self.0.suite().to_string()
    }

    #[wasm_bindgen(js_name = expiresAt)]
    pub fn expires_at(&self) -> f64 {
        seconds_to_js(self.0.expires_at())
    }

    pub fn export(&self) -> Uint8Array {
        bytes(self.0.export().as_slice())
    }
}

/// Collects prekeys: an array of handles would take them away from their owner.
#[wasm_bindgen]
#[derive(Default)]
pub struct PrekeyList(Vec<crate::Prekey>);

#[wasm_bindgen]
impl PrekeyList {
    #[wasm_bindgen(constructor)]
    pub fn new() -> PrekeyList {
        PrekeyList::default()
    }

    pub fn push(&mut self, prekey: &Prekey) {
        self.0.push(prekey.0.clone());
    }

    fn refs(&self) -> Vec<&crate::Prekey> {
        self.0.iter().collect()
    }
}

#[wasm_bindgen]
pub struct PrekeyBundle(crate::PrekeyBundle);

#[wasm_bindgen]
impl PrekeyBundle {
    pub fn verify(
        bundle: &[u8],
        account: &[u8],
        revocation: Option<Vec<u8>>,
        newest: &NewestList,
        now: f64,
    ) -> Result<PrekeyBundle> {
        let known = Known::read(account, revocation, newest, now)?;
        crate::PrekeyBundle::verify(bundle, &known.account, &known.check())
            .map(PrekeyBundle)
            .map_err(key_failure)
    }

    pub fn account(&self) -> Uint8Array {
        bytes(self.0.account().as_bytes())
    }

    pub fn device(&self) -> Uint8Array {
        bytes(self.0.device().as_bytes())
    }

    pub fn suite(&self) -> String {
        self.0.suite().to_string()
    }

    pub fn offers(&self) -> Vec<String> {
        self.0.offers().map(|suite| suite.to_string()).collect()
    }

    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    #[wasm_bindgen(js_name = issuedAt)]
    pub fn issued_at(&self) -> f64 {
        seconds_to_js(self.0.issued_at())
    }

    #[wasm_bindgen(js_name = expiresAt)]
    pub fn expires_at(&self) -> f64 {
        seconds_to_js(self.0.expires_at())
    }

    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        bytes(&self.0.to_bytes())
    }
}

/// Collects bundles: an array of handles would take them away from their owner.
#[wasm_bindgen]
#[derive(Default)]
pub struct BundleList(Vec<crate::PrekeyBundle>);

#[wasm_bindgen]
impl BundleList {
    #[wasm_bindgen(constructor)]
    pub fn new() -> BundleList {
        BundleList::default()
    }

    pub fn push(&mut self, bundle: &PrekeyBundle) {
        self.0.push(bundle.0.clone());
    }

    /// The chosen bundles as places in the list.
    pub fn choose(&self) -> Result<Object> {
        let choice = crate::PrekeyBundle::choose(&self.0);
        let place = |target: &&crate::PrekeyBundle| {
            self.0
                .iter()
                .position(|bundle| std::ptr::eq(bundle, *target))
                .map_or(JsValue::UNDEFINED, JsValue::from)
        };
        let downgraded = choice.downgraded.iter().map(|downgrade| {
            object(&[
                ("account", bytes(downgrade.account.as_bytes()).into()),
                ("device", bytes(downgrade.device.as_bytes()).into()),
                ("offered", downgrade.offered.name().into()),
                ("available", downgrade.available.name().into()),
            ])
        });
        Ok(object(&[
            (
                "targets",
                choice.targets.iter().map(place).collect::<Array>().into(),
            ),
            ("downgraded", downgraded.collect::<Array>().into()),
        ]))
    }

    fn refs(&self) -> Vec<&crate::PrekeyBundle> {
        self.0.iter().collect()
    }
}

/// What a sender remembers of the bundles it has seen.
#[wasm_bindgen]
#[derive(Default)]
pub struct NewestList(Vec<Newest>);

#[wasm_bindgen]
impl NewestList {
    #[wasm_bindgen(constructor)]
    pub fn new() -> NewestList {
        NewestList::default()
    }

    pub fn push(&mut self, device: &[u8], issued_at: f64) -> Result<()> {
        self.0.push(Newest {
            device: DeviceKey::from_bytes(device).map_err(key_failure)?,
            issued_at: seconds(issued_at),
        });
        Ok(())
    }
}

#[wasm_bindgen(js_name = verifyAll)]
pub fn verify_all(
    list: Vec<Uint8Array>,
    account: &[u8],
    revocation: Option<Vec<u8>>,
    newest: &NewestList,
    now: f64,
) -> Result<Verification> {
    let known = Known::read(account, revocation, newest, now)?;
    let list: Vec<Vec<u8>> = list.iter().map(Uint8Array::to_vec).collect();
    let verified = crate::PrekeyBundle::verify_all(&list, &known.account, &known.check());
    Ok(Verification(verified))
}

#[wasm_bindgen]
pub struct Verification(crate::VerifiedBundles);

#[wasm_bindgen]
impl Verification {
    #[wasm_bindgen(js_name = takeBundles)]
    pub fn take_bundles(&mut self) -> Vec<PrekeyBundle> {
        self.0.bundles.drain(..).map(PrekeyBundle).collect()
    }

    pub fn rejected(&self) -> Vec<Object> {
        let rejected = |(index, error): &(usize, KeyError)| {
            object(&[
                ("index", (*index).into()),
                ("error", key_failure(error.clone())),
            ])
        };
        self.0.rejected.iter().map(rejected).collect()
    }

    pub fn newest(&self) -> Vec<Object> {
        let newest = |newest: &Newest| {
            object(&[
                ("device", bytes(newest.device.as_bytes()).into()),
                ("issuedAt", seconds_to_js(newest.issued_at).into()),
            ])
        };
        self.0.newest.iter().map(newest).collect()
    }
}

#[wasm_bindgen(js_name = verifyRevocation)]
pub fn verify_revocation(revocation: &[u8], account: &[u8], now: f64) -> Result<f64> {
    Revocation::verify(revocation, &account_key(account)?, millis(now))
        .map(|revocation| seconds_to_js(revocation.floor()))
        .map_err(key_failure)
}

#[wasm_bindgen(js_name = generateLinkSecret)]
pub fn generate_link_secret() -> Result<Uint8Array> {
    LinkSecret::generate()
        .map(|secret| bytes(secret.to_bytes().as_slice()))
        .map_err(key_failure)
}

/// An envelope that waits for an outside signer.
#[wasm_bindgen]
pub struct Sealing(UnsignedEnvelope);

#[wasm_bindgen]
impl Sealing {
    pub fn begin(
        certificate: &Certificate,
        bundles: &BundleList,
        content: JsValue,
        message_id: Option<Vec<u8>>,
        now: f64,
    ) -> Result<Vec<Sealing>> {
        let options = seal_options(message_id, now)?;
        let content = read_content(content)?;
        UnsignedEnvelope::begin_many(&certificate.0, &bundles.refs(), &content.0, options)
            .map(|envelopes| envelopes.into_iter().map(Sealing).collect())
            .map_err(seal_failure)
    }

    #[wasm_bindgen(js_name = toSign)]
    pub fn to_sign(&self) -> Uint8Array {
        bytes(self.0.to_be_signed().as_bytes())
    }

    pub fn finish(self, signature: &[u8]) -> Result<Uint8Array> {
        self.0
            .finish(read_signature(signature)?)
            .map(|envelope| bytes(envelope.as_bytes()))
            .map_err(seal_failure)
    }
}

/// A bundle that waits for an outside signer.
#[wasm_bindgen]
pub struct Publishing(UnsignedBundle);

#[wasm_bindgen]
impl Publishing {
    pub fn begin(
        certificate: &Certificate,
        prekeys: &PrekeyList,
        now: f64,
    ) -> Result<Vec<Publishing>> {
        UnsignedBundle::begin(&certificate.0, &prekeys.refs(), millis(now))
            .map(|bundles| bundles.into_iter().map(Publishing).collect())
            .map_err(key_failure)
    }

    #[wasm_bindgen(js_name = toSign)]
    pub fn to_sign(&self) -> Uint8Array {
        bytes(self.0.to_be_signed().as_bytes())
    }

    pub fn finish(self, signature: &[u8]) -> Result<Uint8Array> {
        self.0
            .finish(read_signature(signature)?)
            .map(|bundle| bytes(&bundle.to_bytes()))
            .map_err(key_failure)
    }
}

/// A link request that waits for an outside signer.
#[wasm_bindgen]
pub struct Requesting(UnsignedLinkRequest);

#[wasm_bindgen]
impl Requesting {
    pub fn begin(device: &[u8], now: f64) -> Result<Requesting> {
        let device = DeviceKey::from_bytes(device).map_err(key_failure)?;
        Ok(Requesting(UnsignedLinkRequest::new(device, millis(now))))
    }

    #[wasm_bindgen(js_name = toSign)]
    pub fn to_sign(&self) -> Uint8Array {
        bytes(self.0.to_be_signed().as_bytes())
    }

    pub fn finish(self, signature: &[u8], secret: Vec<u8>) -> Result<Uint8Array> {
        self.0
            .finish(read_signature(signature)?, &link_secret(secret)?)
            .map(|request| bytes(&request.to_bytes()))
            .map_err(key_failure)
    }
}

/// A grant that waits for an outside signer.
#[wasm_bindgen]
pub struct Certifying {
    unsigned: UnsignedCertificate,
    request: LinkRequest,
    secret: LinkSecret,
}

#[wasm_bindgen]
impl Certifying {
    pub fn begin(
        account: &[u8],
        request: &[u8],
        secret: Vec<u8>,
        not_before: Option<f64>,
        floor: Option<f64>,
        expires_at: f64,
        now: f64,
    ) -> Result<Certifying> {
        let secret = link_secret(secret)?;
        let validity = validity(not_before, floor, expires_at, now);
        let request = LinkRequest::from_bytes(request, &secret).map_err(key_failure)?;
        request.check_time(validity.now).map_err(key_failure)?;
        let account = account_key(account)?;
        let unsigned = UnsignedCertificate::valid_for(account, *request.device(), &validity)
            .map_err(key_failure)?;
        Ok(Certifying {
            unsigned,
            request,
            secret,
        })
    }

    #[wasm_bindgen(js_name = toSign)]
    pub fn to_sign(&self) -> Uint8Array {
        bytes(self.unsigned.to_be_signed().as_bytes())
    }

    pub fn finish(self, signature: &[u8]) -> Result<Uint8Array> {
        self.unsigned
            .finish(read_signature(signature)?)
            .map(|certificate| LinkGrant::new(certificate, &self.request, &self.secret))
            .map(|grant| bytes(&grant.to_bytes()))
            .map_err(key_failure)
    }
}

/// A revocation that waits for an outside signer.
#[wasm_bindgen]
pub struct Revoking(UnsignedRevocation);

#[wasm_bindgen]
impl Revoking {
    pub fn begin(account: &[u8], floor: f64, now: f64) -> Result<Revoking> {
        UnsignedRevocation::new(account_key(account)?, seconds(floor), millis(now))
            .map(Revoking)
            .map_err(key_failure)
    }

    #[wasm_bindgen(js_name = toSign)]
    pub fn to_sign(&self) -> Uint8Array {
        bytes(self.0.to_be_signed().as_bytes())
    }

    pub fn finish(self, signature: &[u8]) -> Result<Uint8Array> {
        self.0
            .finish(read_signature(signature)?)
            .map(|revocation| bytes(&revocation.to_bytes()))
            .map_err(key_failure)
    }
}

/// The certificate that a grant brings to a device whose key lives elsewhere.
#[wasm_bindgen(js_name = activateCertificate)]
pub fn activate_certificate(
    device: &[u8],
    request: &[u8],
    grant: &[u8],
    secret: Vec<u8>,
    now: f64,
) -> Result<Certificate> {
    let (secret, now) = (link_secret(secret)?, millis(now));
    let device = DeviceKey::from_bytes(device).map_err(key_failure)?;
    let request = LinkRequest::from_bytes(request, &secret).map_err(key_failure)?;
    if *request.device() != device {
        return Err(key_failure(KeyError::WrongDevice));
    }
    LinkGrant::from_bytes(grant, &request, &secret, now)
        .map(|grant| Certificate(grant.certificate().clone()))
        .map_err(key_failure)
}

/// The state that receiving needs.
#[wasm_bindgen]
pub struct Inbox(crate::Inbox);

#[wasm_bindgen]
impl Inbox {
    #[wasm_bindgen(constructor)]
    pub fn new(recipient: &Certificate) -> Inbox {
        Inbox(crate::Inbox::new(&recipient.0))
    }

    pub fn load(recipient: &Certificate, state: Vec<u8>) -> Result<Inbox> {
        let state = Zeroizing::new(state);
        crate::Inbox::load(&recipient.0, &state)
            .map(Inbox)
            .map_err(|error| failure(error.code(), &error, &[]))
    }

    pub fn save(&self) -> Uint8Array {
        bytes(&self.0.save())
    }

    #[wasm_bindgen(js_name = addPrekey)]
    pub fn add_prekey(&mut self, prekey: &Prekey) -> Result<()> {
        self.0.add_prekey(prekey.0.clone()).map_err(inbox_failure)
    }

    pub fn prekeys(&self) -> Vec<Object> {
        let prekey = |prekey: &crate::Prekey| {
            object(&[
                ("id", prekey.id().to_string().into()),
                ("suite", prekey.suite().name().into()),
                ("expiresAt", seconds_to_js(prekey.expires_at()).into()),
            ])
        };
        self.0.prekeys().map(prekey).collect()
    }

    pub fn prune(&mut self, now: f64) -> Vec<String> {
        let pruned = self.0.prune(millis(now));
        pruned.iter().map(PrekeyId::to_string).collect()
    }

    pub fn trust(
        &mut self,
        account: &[u8],
        handle_type: Option<String>,
        handle: Option<String>,
        display_name: Option<String>,
        now: f64,
    ) -> Result<Vec<Object>> {
        let kind = handle_type.as_deref().and_then(HandleType::from_text);
        let handle = kind.zip(handle).map(|(kind, value)| Handle {
            kind,
            value,
            extra: Map::new(),
        });
        let contact = Contact {
            handle,
            display_name,
        };
        let events = self.0.trust(account_key(account)?, contact, millis(now));
        write_events(events.map_err(inbox_failure)?.into_iter())
    }

    pub fn untrust(&mut self, account: &[u8]) -> Result<()> {
        self.0.untrust(&account_key(account)?);
        Ok(())
    }

    pub fn revoke(&mut self, revocation: &[u8], now: f64) -> Result<()> {
        let revocation = Revocation::from_bytes(revocation, millis(now)).map_err(key_failure)?;
        self.0.revoke(&revocation).map_err(inbox_failure)
    }

    pub fn placed(&mut self, call_id: &str, accounts: Vec<Uint8Array>, now: f64) -> Result<()> {
        let call_id = CallId::from_str(call_id).map_err(content_failure)?;
        let accounts = accounts
            .iter()
            .map(|key| account_key(&key.to_vec()))
            .collect::<Result<Vec<_>>>()?;
        self.0
            .placed(call_id, &accounts, millis(now))
            .map_err(inbox_failure)
    }

    pub fn receive(&mut self, envelope: &[u8], now: f64) -> Result<Object> {
        let event = self.0.receive(envelope, millis(now));
        write_event(event.map_err(open_failure)?)
    }

    pub fn pending(&self, limit: usize, now: f64) -> Result<Vec<Object>> {
        write_events(self.0.pending(millis(now)).take(limit))
    }

    pub fn acknowledge(&mut self, account: &[u8], message_id: Vec<u8>) -> Result<bool> {
        let account = account_key(account)?;
        Ok(self
            .0
            .acknowledge_id(&account, read_message_id(message_id)?))
    }

    pub fn held(&self) -> Vec<Object> {
        let held = |held: &crate::Held| {
            object(&[
                ("envelopeTag", held.envelope_tag().into()),
                ("sender", write_keys(held.account(), held.device())),
                ("messageId", held.message_id().to_string().into()),
                ("sentAt", millis_to_js(held.sent_at())),
            ])
        };
        self.0.held().map(held).collect()
    }

    pub fn explain(&self, envelope: &[u8], now: f64) -> Object {
        let explanation = self.0.explain(envelope, millis(now));
        let check = |(check, outcome): (Check, Outcome)| {
            object(&[
                ("check", check.as_str().into()),
                ("outcome", outcome.as_str().into()),
            ])
        };
        let sender = explanation.sender();
        let (action, reason, code) = match explanation.result() {
            Ok((action, reason)) => (Some(action), reason, None),
            Err(code) => (None, None, Some(code)),
        };
        object(&[
            ("envelopeTag", explanation.envelope_tag().into()),
            (
                "checks",
                explanation.checks().map(check).collect::<Array>().into(),
            ),
            (
                "stoppedAt",
                explanation.stopped_at().map(Check::as_str).into(),
            ),
            (
                "sender",
                sender
                    .map(|(account, device)| write_keys(&account, &device))
                    .into(),
            ),
            (
                "messageId",
                explanation.message_id().map(|id| id.to_string()).into(),
            ),
            ("sentAt", explanation.sent_at().map(millis_to_js).into()),
            ("age", explanation.age_ms().map(|age| age as f64).into()),
            ("action", action.into()),
            ("reason", reason.into()),
            ("code", code.into()),
            ("text", explanation.to_string().into()),
        ])
    }
}

#[wasm_bindgen(js_name = envelopeTag)]
pub fn envelope_tag(envelope: &[u8]) -> Result<String> {
    let envelope = envelope
        .try_into()
        .map_err(|_| open_failure(OpenError::BadLength))?;
    Ok(crate::envelope_tag(envelope))
}

#[wasm_bindgen(js_name = callKitUuid)]
pub fn call_kit_uuid(caller: &[u8], call_id: &str) -> Result<String> {
    let call_id = CallId::from_str(call_id).map_err(content_failure)?;
    Ok(call_id.callkit_uuid(&account_key(caller)?).to_string())
}

/// The 16 bytes of a UUID.
#[wasm_bindgen(js_name = callIdToBytes)]
pub fn call_id_to_bytes(call_id: &str) -> Result<Uint8Array> {
    CallId::from_str(call_id)
        .map(|call_id| bytes(call_id.as_bytes()))
        .map_err(content_failure)
}

/// The UUID of 16 bytes.
#[wasm_bindgen(js_name = callIdToString)]
pub fn call_id_to_string(call_id: &[u8]) -> Result<String> {
    call_id
        .try_into()
        .map(|call_id| CallId::from_bytes(call_id).to_string())
        .map_err(|_| content_failure(ContentError::BadCallId))
}

#[wasm_bindgen]
pub fn capacity(suite: &str) -> Result<usize> {
    suite_of(suite).map(crate::capacity)
}

#[wasm_bindgen]
pub fn measure(content: JsValue) -> Result<usize> {
    read_content(content)?.0.measure().map_err(content_failure)
}

#[wasm_bindgen]
pub fn fingerprint(account: &[u8]) -> Result<String> {
    account_key(account).map(|account| account.fingerprint())
}

/// What bundles of an account are checked against.
struct Known {
    account: AccountKey,
    revocation: Option<Revocation>,
    newest: Vec<Newest>,
    now: UnixMillis,
}

impl Known {
    fn read(
        account: &[u8],
        revocation: Option<Vec<u8>>,
        newest: &NewestList,
        now: f64,
    ) -> Result<Known> {
        let account = account_key(account)?;
        let now = millis(now);
        let revocation = revocation
            .map(|revocation| Revocation::verify(&revocation, &account, now))
            .transpose()
            .map_err(key_failure)?;
        let newest = newest.0.clone();
        Ok(Known {
            account,
            revocation,
            newest,
            now,
        })
    }

    fn check(&self) -> BundleCheck<'_> {
        BundleCheck {
            now: self.now,
            revocation: self.revocation.as_ref(),
            newest: &self.newest,
        }
    }
}

/// Content that the facade has handed in: a copy, and therefore wiped.
struct Plaintext(Content);

impl Drop for Plaintext {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

fn read_content(content: JsValue) -> Result<Plaintext> {
    let content = Content::from_map(read_map(&content)?).map_err(content_failure)?;
    Ok(Plaintext(content))
}

fn write_content(content: &Content) -> Result<JsValue> {
    let map = Zeroizing::new(content.to_map().map_err(content_failure)?);
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    Ok((*map).serialize(&serializer)?)
}

fn write_events(events: impl Iterator<Item = Event>) -> Result<Vec<Object>> {
    events.map(write_event).collect()
}

/// What of an event depends on its action stands beside what all have.
fn write_event(event: Event) -> Result<Object> {
    let sender = event.sender;
    let (action, reason) = (event.action.name(), event.action.reason());
    let (mut call_uuid, mut call_kit, mut claimed, mut expires_at) = (None, None, None, None);
    let (mut age, mut ended_reason) = (None, None);
    let content = match event.action {
        Action::Ring(mut ring) => {
            call_uuid = Some(ring.call_uuid);
            call_kit = Some(write_call_kit(&ring.call_kit));
            ring.call_kit.group_id.zeroize();
            claimed = Some(Zeroizing::new(ring.claimed));
            expires_at = Some(millis_to_js(ring.expires_at));
            Some(Content::Invite(ring.content))
        }
        Action::Missed(missed) => {
            call_uuid = Some(missed.call_uuid);
            age = Some(missed.age_ms as f64);
            claimed = Some(Zeroizing::new(missed.claimed));
            Some(Content::Invite(missed.content))
        }
        Action::End(ended) => {
            call_uuid = Some(ended.call_uuid);
            ended_reason = Some(ended.ended_reason);
            Some(Content::End(ended.content))
        }
        Action::Signal(signal) => {
            call_uuid = Some(signal.call_uuid);
            Some(signal.content)
        }
        Action::Notify(content) => Some(content),
        Action::Drop(_) => None,
    }
    .map(Plaintext);
    Ok(object(&[
        ("action", action.into()),
        ("envelopeTag", event.envelope_tag.into()),
        (
            "sender",
            object(&[
                ("account", bytes(sender.account.as_bytes()).into()),
                ("device", bytes(sender.device.as_bytes()).into()),
                ("handle", write_handle(sender.contact.handle.as_ref())),
                ("displayName", sender.contact.display_name.into()),
            ])
            .into(),
        ),
        ("messageId", event.message_id.to_string().into()),
        ("sentAt", millis_to_js(event.sent_at)),
        ("callUUID", call_uuid.map(|id| id.to_string()).into()),
        ("reason", reason.into()),
        ("callKit", call_kit.into()),
        (
            "claimed",
            claimed
                .map(|claimed| {
                    object(&[
                        ("handle", write_handle(claimed.handle.as_ref())),
                        ("callerName", claimed.caller_name.as_deref().into()),
                    ])
                })
                .into(),
        ),
        ("expiresAt", expires_at.into()),
        ("age", age.into()),
        ("endedReason", ended_reason.into()),
        (
            "content",
            content
                .map(|content| write_content(&content.0))
                .transpose()?
                .into(),
        ),
    ]))
}

fn write_call_kit(call: &CallKit) -> Object {
    object(&[
        ("hushring", 1.into()),
        ("callUUID", call.call_uuid.to_string().into()),
        ("callId", call.call_id.to_string().into()),
        ("account", hex(call.account.as_bytes())),
        ("device", hex(call.device.as_bytes())),
        ("messageId", call.message_id.to_string().into()),
        ("handleType", call.handle.kind.as_str().into()),
        ("handle", call.handle.value.as_str().into()),
        ("callerName", call.caller_name.as_deref().into()),
        ("hasVideo", call.has_video.into()),
        ("groupId", call.group_id.as_deref().into()),
        ("expiresAt", millis_to_js(call.expires_at)),
    ])
}

fn write_handle(handle: Option<&Handle>) -> JsValue {
    handle
        .map(|handle| {
            object(&[
                ("type", handle.kind.as_str().into()),
                ("value", handle.value.as_str().into()),
            ])
        })
        .into()
}

fn write_keys(account: &AccountKey, device: &DeviceKey) -> JsValue {
    object(&[
        ("account", bytes(account.as_bytes()).into()),
        ("device", bytes(device.as_bytes()).into()),
    ])
    .into()
}

/// Reads what the facade hands in: maps, arrays, bytes, text, numbers, booleans and null.
///
/// By hand, because the texts of serde-wasm-bindgen's deserialiser print floats, and the code for
/// that alone is a tenth of the module.
fn read_value(value: &JsValue) -> Result<Value> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if let Some(value) = value.as_bool() {
        return Ok(Value::Bool(value));
    }
    if let Some(number) = value.as_f64() {
        return Ok(match Number::is_safe_integer(value) {
            true => Value::Integer(number as i64),
            false => Value::Float(number),
        });
    }
    if let Some(text) = value.as_string() {
        return Ok(Value::Text(text));
    }
    if let Some(bytes) = value.dyn_ref::<Uint8Array>() {
        return Ok(Value::Bytes(bytes.to_vec()));
    }
    if let Some(items) = value.dyn_ref::<Array>() {
        let items = items.iter().map(|item| read_value(&item));
        return items.collect::<Result<_>>().map(Value::Array);
    }
    read_map(value).map(Value::Map)
}

fn read_map(value: &JsValue) -> Result<Map> {
    let wrong = || {
        let member = String::new();
        content_failure(ContentError::BadContent { member })
    };
    let members = Array::from(value.dyn_ref::<js_sys::Map>().ok_or_else(wrong)?);
    let mut map = Map::new();
    for member in members.iter() {
        let member = Array::from(&member);
        let key = member.get(0).as_string().ok_or_else(wrong)?;
        map.insert(key, read_value(&member.get(1))?);
    }
    Ok(map)
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(value) => serializer.serialize_i64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Value::Array(items) => serializer.collect_seq(items),
            Value::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Map {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            members.serialize_entry(key, value)?;
        }
        members.end()
    }
}

fn account_key(key: &[u8]) -> Result<AccountKey> {
    AccountKey::from_bytes(key).map_err(key_failure)
}

fn suite_of(name: &str) -> Result<Suite> {
    Suite::from_name(name).ok_or_else(|| key_failure(KeyError::UnsupportedSuite))
}

fn link_secret(secret: Vec<u8>) -> Result<LinkSecret> {
    LinkSecret::from_bytes(&Zeroizing::new(secret)).map_err(key_failure)
}

fn read_signature(signature: &[u8]) -> Result<Signature> {
    signature
        .try_into()
        .map(Signature::from_bytes)
        .map_err(|_| key_failure(KeyError::BadSignature))
}

fn seal_options(message_id: Option<Vec<u8>>, now: f64) -> Result<SealOptions> {
    let message_id = message_id.map(read_message_id).transpose()?;
    let now = millis(now);
    Ok(SealOptions { now, message_id })
}

fn read_message_id(id: Vec<u8>) -> Result<MessageId> {
    id.try_into()
        .map(MessageId::from_bytes)
        .map_err(|_| key_failure(KeyError::BadLength))
}

fn validity(not_before: Option<f64>, floor: Option<f64>, expires_at: f64, now: f64) -> Validity {
    Validity {
        not_before: not_before.map(seconds),
        floor: floor.map(seconds),
        expires_at: seconds(expires_at),
        now: millis(now),
    }
}

/// The facade hands in whole milliseconds from 1970 on.
fn millis(time: f64) -> UnixMillis {
    UnixMillis(time as u64)
}

fn seconds(time: f64) -> UnixSeconds {
    millis(time).to_seconds()
}

fn seconds_to_js(time: UnixSeconds) -> f64 {
    time.to_millis().0 as f64
}

fn millis_to_js(time: UnixMillis) -> JsValue {
    (time.0 as f64).into()
}

fn hex(bytes: &[u8]) -> JsValue {
    Hex(bytes).to_string().into()
}

/// A copy outside the module's memory.
fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}

/// A plain object with these members as its own, whatever its prototype has. What is undefined is
/// left out.
fn object(members: &[(&str, JsValue)]) -> Object {
    let entries = Array::new();
    for (name, value) in members {
        if !value.is_undefined() {
            entries.push(&Array::of2(&JsValue::from_str(name), value));
        }
    }
    // Entries of this form cannot fail.
    Object::from_entries(&entries).unwrap_or_default()
}

fn failure(code: &str, error: &dyn fmt::Display, details: &[(&str, JsValue)]) -> JsValue {
    let mut members = vec![("code", code.into()), ("message", error.to_string().into())];
    members.extend_from_slice(details);
    object(&members).into()
}

fn key_failure(error: KeyError) -> JsValue {
    failure(error.code(), &error, &[])
}

fn content_failure(error: ContentError) -> JsValue {
    match &error {
        ContentError::BadContent { member } => {
            failure(error.code(), &error, &[("member", member.as_str().into())])
        }
        _ => failure(error.code(), &error, &[]),
    }
}

fn seal_failure(error: SealError) -> JsValue {
    match error {
        SealError::Content(error) => content_failure(error),
        SealError::TooLarge { needed, available } => failure(
            error.code(),
            &error,
            &[("needed", needed.into()), ("available", available.into())],
        ),
        _ => failure(error.code(), &error, &[]),
    }
}

fn open_failure(error: OpenError) -> JsValue {
    match error {
        OpenError::Content(error) => content_failure(error),
        OpenError::Untrusted { account } => failure(
            error.code(),
            &error,
            &[("account", bytes(account.as_bytes()).into())],
        ),
        OpenError::Clock { ahead_ms } => failure(
            error.code(),
            &error,
            &[("age", (-(ahead_ms as f64)).into())],
        ),
        OpenError::TooOld { age_ms } => {
            failure(error.code(), &error, &[("age", (age_ms as f64).into())])
        }
        _ => failure(error.code(), &error, &[]),
    }
}

fn inbox_failure(error: InboxError) -> JsValue {
    match error {
        InboxError::BadContent { member } => {
            failure(error.code(), &error, &[("member", member.into())])
        }
        _ => failure(error.code(), &error, &[]),
    }
}
