//! Plays a vector with the crate, as vectors/README.md says.

use hushring_test_support::clock::with;
use std::str::FromStr;

use hushring::error::{ContentError, KeyError, OpenError, SealError};
use hushring::inbox::{Check, Contact};
use hushring::{
    Account, AccountKey, BundleCheck, CallId, Certificate, Content, Device, DeviceKey, Envelope,
    Inbox, LastPublished, LinkRequest, LinkSecret, MessageId, PendingDevice, Prekey, PrekeyBundle,
    Revocation, SealOptions, UnixMillis, UnixSeconds, Validity,
};
use hushring_test_support::json::{content_to_json, map_from_json};
use hushring_test_support::random::Given;
use hushring_test_support::text::{base64, hex, unbase64, unhex};
use serde_json::{Value as Json, json};

use crate::author::number;
use crate::packed::pack;

/// What went wrong. The crate has no part of a relay: of pushes nothing is played here.
pub fn play(vector: &Json) -> Result<(), String> {
    let expected = &vector["expect"];
    let found = match text(&vector["kind"]) {
        "account" => account(vector),
        "activate" => activate(vector),
        "audit" | "push" => return Ok(()),
        "bundle" => bundle(vector),
        "bundles" => Ok(bundles(vector)),
        "callKit" => call_kit(vector),
        "certificate" => certificate(vector),
        "certify" => certify(vector),
        "device" => device(vector),
        "lastPublished" => last_published(vector),
        "open" => return open(vector),
        "pendingDevice" => pending_device(vector),
        "prekey" => prekey(vector),
        "publicKey" => public_key(vector),
        "publish" => publish(vector),
        "request" => request(vector),
        "revocation" => revocation(vector),
        "revoke" => revoke(vector),
        "seal" => seal(vector),
        kind => return Err(format!("no such kind: {kind}")),
    };
    same(expected, &found.unwrap_or_else(|error| error))
}

type Played = Result<Json, Json>;

fn account(vector: &Json) -> Played {
    let account = Account::import(&bytes(&vector["export"])).map_err(key_error)?;
    Ok(json!({ "publicKey": hex(account.public_key().as_bytes()) }))
}

fn pending_device(vector: &Json) -> Played {
    let device = PendingDevice::import(&bytes(&vector["export"])).map_err(key_error)?;
    Ok(json!({ "publicKey": hex(device.public_key().as_bytes()) }))
}

fn device(vector: &Json) -> Played {
    let device = Device::import(&bytes(&vector["export"])).map_err(key_error)?;
    Ok(json!({
        "publicKey": hex(device.public_key().as_bytes()),
        "account": hex(device.account().as_bytes()),
    }))
}

fn prekey(vector: &Json) -> Played {
    let prekey = Prekey::import(&bytes(&vector["export"])).map_err(key_error)?;
    Ok(json!({
        "suite": prekey.suite().to_string(),
        "id": prekey.id().to_string(),
        "expiresAt": prekey.expires_at().0,
    }))
}

/// As a key of an account and as one of a device.
fn public_key(vector: &Json) -> Played {
    let bytes = bytes(&vector["publicKey"]);
    let account = AccountKey::from_bytes(&bytes);
    let device = DeviceKey::from_bytes(&bytes).map(|_| ());
    assert_eq!(account.clone().map(|_| ()), device);
    Ok(json!({ "fingerprint": account.map_err(key_error)?.fingerprint() }))
}

fn certificate(vector: &Json) -> Played {
    let bytes = bytes(&vector["certificate"]);
    let certificate = Certificate::from_bytes(&bytes).map_err(key_error)?;
    assert_eq!(certificate.to_bytes().as_slice(), bytes);
    Ok(json!({
        "account": hex(certificate.account().as_bytes()),
        "device": hex(certificate.device().as_bytes()),
        "notBefore": number(certificate.not_before().0),
        "expiresAt": number(certificate.expires_at().0),
    }))
}

fn call_kit(vector: &Json) -> Played {
    let account = AccountKey::from_bytes(&bytes(&vector["account"])).map_err(key_error)?;
    let call_id = CallId::from_str(text(&vector["callId"])).map_err(|_| error("bad_call_id"))?;
    Ok(json!({ "uuid": call_id.callkit_uuid(&account).to_string() }))
}

/// What a bundle is held against.
struct Known {
    account: AccountKey,
    revocations: Vec<Revocation>,
    rejected_revocations: Vec<(usize, KeyError)>,
    last_published: Option<LastPublished>,
    now: UnixMillis,
}

impl Known {
    fn of(vector: &Json) -> Result<Known, Json> {
        let now = millis(&vector["now"]);
        let account = AccountKey::from_bytes(&bytes(&vector["account"])).map_err(key_error)?;
        let list = |name: &str| vector.get(name).map(array).unwrap_or_default().iter();
        let statements: Vec<Vec<u8>> = list("revocations").map(bytes).collect();
        let verified = Revocation::verify_all(&statements, &account, now);
        Ok(Known {
            account,
            revocations: verified.revocations,
            rejected_revocations: verified.rejected,
            last_published: vector.get("lastPublished").map(|known| {
                let packed = pack(account.as_bytes(), known).unwrap();
                LastPublished::from_bytes(&packed, &account).unwrap()
            }),
            now,
        })
    }

    fn check(&self) -> BundleCheck<'_> {
        with(BundleCheck::at(self.now), |it| {
            it.revocations = &self.revocations;
            it.last_published = self.last_published.as_ref();
        })
    }
}

/// What is expected if it has these bytes, and else the bytes.
fn last_published_to_json(found: &LastPublished, expect: &Json) -> Json {
    let bytes = found.to_bytes();
    match pack(found.account().as_bytes(), expect) {
        Some(packed) if packed == bytes => expect.clone(),
        _ => hex(&bytes).into(),
    }
}

fn last_published(vector: &Json) -> Played {
    let account = AccountKey::from_bytes(&bytes(&vector["account"])).unwrap();
    let packed = match vector.get("lastPublished") {
        Some(known) => pack(account.as_bytes(), known).unwrap(),
        None => bytes(&vector["packed"]),
    };
    let found = LastPublished::from_bytes(&packed, &account)
        .map_err(|refused| error(refused.code().as_str()))?;
    assert_eq!(found.to_bytes(), packed);
    Ok(last_published_to_json(&found, &vector["expect"]))
}

fn bundle(vector: &Json) -> Played {
    let (known, bytes) = (Known::of(vector)?, bytes(&vector["bundle"]));
    assert_eq!(known.rejected_revocations, []);
    let bundle = PrekeyBundle::verify(&bytes, &known.account, &known.check()).map_err(key_error)?;
    assert_eq!(bundle.to_bytes(), bytes);
    let offers: Vec<String> = bundle.offers().map(|suite| suite.to_string()).collect();
    Ok(json!({
        "device": hex(bundle.device().as_bytes()),
        "suite": bundle.suite().to_string(),
        "offers": offers,
        "prekeyId": bundle.id().to_string(),
        "issuedAt": bundle.issued_at().0,
        "expiresAt": bundle.expires_at().0,
    }))
}

fn bundles(vector: &Json) -> Json {
    let known = Known::of(vector).unwrap();
    let list: Vec<Vec<u8>> = array(&vector["bundles"]).iter().map(bytes).collect();
    let verified = PrekeyBundle::verify_all(&list, &known.account, &known.check());
    // One bundle may stand in the list twice: the first of them is the target.
    let place = |bundle: &PrekeyBundle| {
        let bytes = bundle.to_bytes();
        list.iter().position(|other| *other == bytes).unwrap()
    };
    let rejected: Vec<usize> = verified.rejected.iter().map(|(index, _)| *index).collect();
    let accepted: Vec<usize> = (0..list.len())
        .filter(|index| !rejected.contains(index))
        .collect();
    let bytes: Vec<Vec<u8>> = verified
        .bundles
        .iter()
        .map(PrekeyBundle::to_bytes)
        .collect();
    assert!(accepted.iter().map(|index| &list[*index]).eq(&bytes));
    let expect = &vector["expect"]["lastPublished"];
    let choose_at = vector.get("chooseAt").map_or(known.now, millis);
    let choice = PrekeyBundle::choose(&verified.bundles, choose_at);
    let downgraded = choice.downgraded.iter().map(|downgrade| {
        json!({
            "device": hex(downgrade.device.as_bytes()),
            "offered": downgrade.offered.to_string(),
            "available": downgrade.available.to_string(),
        })
    });
    let mut found = json!({
        "accepted": accepted,
        "rejected": rejected_to_json(&verified.rejected),
        "lastPublished": last_published_to_json(&verified.last_published, expect),
        "targets": choice.targets.iter().map(|bundle| place(bundle)).collect::<Vec<_>>(),
        "downgraded": downgraded.collect::<Vec<_>>(),
    });
    if vector["expect"].get("expired").is_some() {
        found["expired"] = choice.expired.iter().map(|bundle| place(bundle)).collect();
    }
    if vector["expect"].get("revocations").is_some() {
        let statements = verified.revocations.iter().map(|one| hex(&one.to_bytes()));
        found["revocations"] = statements.collect();
        found["rejectedRevocations"] = rejected_to_json(&known.rejected_revocations);
    }
    found
}

fn rejected_to_json(rejected: &[(usize, KeyError)]) -> Json {
    let rejected = rejected.iter();
    rejected
        .map(|(index, error)| json!({ "index": index, "error": error.code().as_str() }))
        .collect()
}

fn publish(vector: &Json) -> Played {
    let device = Device::import(&bytes(&vector["device"])).unwrap();
    let prekeys = array(&vector["prekeys"]).iter();
    let prekeys: Vec<_> = prekeys
        .map(|key| Prekey::import(&bytes(key)).unwrap())
        .collect();
    let prekeys: Vec<&Prekey> = prekeys.iter().collect();
    let last = vector.get("last").map(seconds);
    let published = device
        .publish_after(&prekeys, last, millis(&vector["now"]))
        .map_err(key_error)?;
    let bundles: Vec<String> = published.iter().map(|one| hex(&one.to_bytes())).collect();
    Ok(json!({ "bundles": bundles }))
}

fn secret(vector: &Json) -> Result<LinkSecret, Json> {
    LinkSecret::from_bytes(&bytes(&vector["secret"])).map_err(key_error)
}

fn request(vector: &Json) -> Played {
    let device = PendingDevice::import(&bytes(&vector["device"])).unwrap();
    let request = device.request(&secret(vector)?, millis(&vector["now"]));
    Ok(json!({ "request": hex(&request.map_err(key_error)?.to_bytes()) }))
}

fn certify(vector: &Json) -> Played {
    let account = Account::import(&bytes(&vector["account"])).unwrap();
    let validity = with(
        Validity::until(seconds(&vector["expiresAt"]), millis(&vector["now"])),
        |it| {
            it.not_before = vector.get("notBefore").map(seconds);
            it.floor = vector.get("floor").map(seconds);
        },
    );
    let grant = account.certify(&bytes(&vector["request"]), &secret(vector)?, &validity);
    Ok(json!({ "grant": hex(&grant.map_err(key_error)?.to_bytes()) }))
}

fn activate(vector: &Json) -> Played {
    let (export, secret) = (bytes(&vector["device"]), secret(vector)?);
    let (grant, now) = (bytes(&vector["grant"]), millis(&vector["now"]));
    let request =
        LinkRequest::from_bytes(&bytes(&vector["request"]), &secret).map_err(key_error)?;
    let active = if export.len() == PendingDevice::EXPORT_LEN {
        let device = PendingDevice::import(&export).unwrap();
        device.activate(&grant, &request, &secret, now)
    } else {
        let device = Device::import(&export).unwrap();
        device.activate(&grant, &request, &secret, now)
    };
    Ok(json!({ "device": hex(&*active.map_err(key_error)?.export()) }))
}

/// For an expected account, and as an inbox takes it, from whichever account it is.
fn revocation(vector: &Json) -> Played {
    let (statement, now) = (bytes(&vector["revocation"]), millis(&vector["now"]));
    let account = AccountKey::from_bytes(&bytes(&vector["account"]));
    let verified = account.and_then(|account| Revocation::verify(&statement, &account, now));
    let taken = Revocation::from_bytes(&statement, now);
    if verified != Err(KeyError::WrongAccount) {
        assert_eq!(verified, taken);
    }
    let verified = verified.map_err(key_error)?;
    assert_eq!(verified.to_bytes(), statement);
    let mut found = json!({ "floor": verified.floor().0 });
    if let Some(device) = verified.device() {
        found["device"] = hex(device.as_bytes()).into();
    }
    Ok(found)
}

fn revoke(vector: &Json) -> Played {
    let account = Account::import(&bytes(&vector["account"])).unwrap();
    let (floor, now) = (seconds(&vector["floor"]), millis(&vector["now"]));
    let revocation = match vector.get("device") {
        None => account.revoke(floor, now),
        Some(device) => {
            let device = DeviceKey::from_bytes(&bytes(device)).map_err(key_error)?;
            account.revoke_device(&device, floor, now)
        }
    };
    Ok(json!({ "revocation": hex(&revocation.map_err(key_error)?.to_bytes()) }))
}

/// By the functions without state, and by an inbox.
fn open(vector: &Json) -> Result<(), String> {
    let device = Device::import(&bytes(&vector["device"])).unwrap();
    let prekeys = array(&vector["prekeys"]).iter();
    let prekeys: Vec<_> = prekeys
        .map(|key| Prekey::import(&bytes(key)).unwrap())
        .collect();
    let trusted = array(&vector["trusted"]).iter();
    let trusted: Vec<_> = trusted
        .map(|key| AccountKey::from_bytes(&bytes(key)).unwrap())
        .collect();
    let (now, envelope) = (millis(&vector["now"]), unbase64(text(&vector["envelope"])));

    let mut inbox = Inbox::new(device.certificate());
    for prekey in &prekeys {
        inbox.add_prekey(prekey.clone()).unwrap();
    }
    for account in &trusted {
        inbox.trust(*account, Contact::default(), now).unwrap();
    }
    let explanation = inbox.explain(&envelope, now);
    let received = inbox.receive(&envelope, now);
    if explanation.result().err() != received.as_ref().err().map(OpenError::code) {
        return Err(format!("explained as {:?}", explanation.result()));
    }
    let stopped_at = explanation.stopped_at().map(Check::as_str);

    let opened = || -> Result<Json, OpenError> {
        let envelope = Envelope::parse(&envelope)?;
        let verified = envelope
            .open(&prekeys, device.certificate())?
            .verify(|account| trusted.contains(account))?;
        let content = verified.content(now)?;
        Ok(json!({
            "envelopeTag": envelope.tag(),
            "account": hex(verified.account().as_bytes()),
            "device": hex(verified.device().as_bytes()),
            "messageId": verified.message_id().to_string(),
            "sentAt": verified.sent_at().0,
            "content": content_to_json(&content),
        }))
    };
    let found = match (opened(), received) {
        (Ok(_), Ok(_)) if stopped_at.is_some() => {
            return Err(format!("explaining stops at {stopped_at:?}"));
        }
        (Ok(found), Ok(_)) => found,
        (Err(one), Err(other)) if one == other => {
            let mut found = content_error(
                one.code().as_str(),
                match &one {
                    OpenError::Content(error) => Some(error),
                    _ => None,
                },
            );
            found["stoppedAt"] = json!(stopped_at);
            found
        }
        (one, other) => return Err(format!("{one:?} without state, {other:?} with it")),
    };
    same(&vector["expect"], &found)
}

/// With the random bytes that are given; where none are, it is to be refused before it takes any.
fn seal(vector: &Json) -> Played {
    let device = Device::import(&bytes(&vector["device"])).unwrap();
    let bundles = array(&vector["to"]).iter().map(|to| {
        let account = AccountKey::from_bytes(&bytes(&to["account"])).unwrap();
        let bytes = bytes(&to["bundle"]);
        let issued_at = u64::from_be_bytes(bytes[147..155].try_into().unwrap());
        let check = BundleCheck::at(UnixSeconds(issued_at).to_millis());
        PrekeyBundle::verify(&bytes, &account, &check).unwrap()
    });
    let bundles: Vec<_> = bundles.collect();
    let bundles: Vec<&PrekeyBundle> = bundles.iter().collect();
    let content = &vector["content"];
    if let Some(text) = content.get("callId").and_then(Json::as_str) {
        CallId::from_str(text).map_err(|wrong| error(wrong.code().as_str()))?;
    }
    let content = Content::from_map(map_from_json(content))
        .map_err(|error| content_error(error.code().as_str(), Some(&error)))?;
    let message_id = vector.get("messageId").map(bytes);
    let message_id = message_id.map(|id| MessageId::from_bytes(id.try_into().unwrap()));
    let random = vector.get("random").map(bytes).unwrap_or_default();
    let mut rng = Given::new(&random);
    let options = with(SealOptions::at(millis(&vector["now"])), |it| {
        it.message_id = message_id;
    });
    let sealed = device.seal_many_with_rng(&bundles, &content, options, &mut rng);
    let sealed = sealed.map_err(|error| match &error {
        SealError::Content(inner) => content_error(error.code().as_str(), Some(inner)),
        SealError::TooLarge { available, .. } => {
            json!({ "error": error.code().as_str(), "available": available })
        }
        _ => content_error(error.code().as_str(), None),
    })?;
    assert!(rng.is_spent());
    let envelopes: Vec<String> = sealed.iter().map(|one| base64(one.as_bytes())).collect();
    Ok(json!({
        // Both show in the envelopes, and nowhere else.
        "messageId": vector["expect"]["messageId"],
        "stream": vector["expect"]["stream"],
        "envelopes": envelopes,
    }))
}

fn key_error(error: KeyError) -> Json {
    content_error(error.code().as_str(), None)
}

fn error(code: &str) -> Json {
    content_error(code, None)
}

fn content_error(code: &str, error: Option<&ContentError>) -> Json {
    match error {
        Some(ContentError::BadContent { member, .. }) => json!({ "error": code, "member": member }),
        _ => json!({ "error": code }),
    }
}

fn same(expected: &Json, found: &Json) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let short = |json: &Json| json.to_string().chars().take(1000).collect::<String>();
    Err(format!(
        "expected {}, found {}",
        short(expected),
        short(found)
    ))
}

fn bytes(json: &Json) -> Vec<u8> {
    unhex(text(json))
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap()
}

fn array(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

fn millis(json: &Json) -> UnixMillis {
    UnixMillis(json.as_u64().unwrap())
}

fn seconds(json: &Json) -> UnixSeconds {
    UnixSeconds(json.as_u64().unwrap())
}
