//! Reading content from its members (spec/envelope.md, "Content types").

use std::mem;

use zeroize::Zeroizing;

use crate::content::Content;
use crate::content::names::*;
use crate::content::types::*;
use crate::error::{ContentError, Problem};
use crate::ids::CallId;
use crate::limits::{MAX_GROUP_ID_LEN, MAX_HANDLE_LEN, MAX_NAME_LEN, MAX_RING_SECONDS};
use crate::time::UnixMillis;
use crate::value::{Map, Value};
use crate::vocabulary::Vocabulary;

impl Content {
    /// Reads content from its members, the type among them.
    ///
    /// Values of unknown members are checked when the content is sealed.
    ///
    /// # Errors
    /// [`ContentError::BadContent`] (`bad_content`): a known member is missing, or has a type or
    /// value that the format does not allow.
    pub fn from_map(map: Map) -> Result<Content, ContentError> {
        let mut members = Members::new(map, "");
        let content_type = members.required(Members::text, "type")?;
        Ok(match content_type.as_str() {
            INVITE => Content::Invite(Invite::read(members)?),
            ANSWER => Content::Answer(Answer {
                call_id: members.required(Members::call_id, CALL_ID)?,
                ring: members.required(Members::time, "ring")?,
                answer: members.text("answer")?,
                data: members.data()?,
                extra: members.rest,
            }),
            CANDIDATES => Content::Candidates(Candidates {
                call_id: members.required(Members::call_id, CALL_ID)?,
                candidates: members.required(Members::candidates, "candidates")?,
                extra: members.rest,
            }),
            NEGOTIATE => Content::Negotiate(Negotiate {
                call_id: members.required(Members::call_id, CALL_ID)?,
                description: members.required(Members::description, "description")?,
                extra: members.rest,
            }),
            END => Content::End(End::read(members)?),
            MESSAGE => Content::Message(Message {
                body: members.text("body")?,
                data: members.data()?,
                extra: members.rest,
            }),
            COVER => Content::Cover(Cover {
                extra: members.rest,
            }),
            _ => Content::Unknown(Unknown {
                call_id: if content_type.starts_with(CALL_PREFIX) {
                    members.call_id(CALL_ID)?
                } else {
                    None
                },
                content_type,
                extra: members.rest,
            }),
        })
    }
}

impl Invite {
    fn read(mut members: Members) -> Result<Invite, ContentError> {
        Ok(Invite {
            call_id: members.required(Members::call_id, CALL_ID)?,
            handle: members.handle("handle")?,
            caller_name: members.short_text("callerName", MAX_NAME_LEN)?,
            has_video: members.required(Members::bool, "hasVideo")?,
            lifetime: members.integer("lifetime", 1, i64::from(MAX_RING_SECONDS))?,
            offer: members.text("offer")?,
            group_id: members.short_text("groupId", MAX_GROUP_ID_LEN)?,
            data: members.data()?,
            extra: members.rest,
        })
    }
}

impl End {
    fn read(mut members: Members) -> Result<End, ContentError> {
        let call_id = members.required(Members::call_id, CALL_ID)?;
        let reason = members.required(Members::one_of, "reason")?;
        // M5: a callee speaks of a ring; the caller may name a device with one reason.
        let has = |name| members.rest.get(name).is_some();
        let by_callee = has("caller")
            || has("ring")
            || match reason {
                EndReason::Declined | EndReason::Busy | EndReason::DeclinedElsewhere => true,
                EndReason::AnsweredElsewhere => !has("device"),
                _ => false,
            };
        let (caller, ring) = match by_callee {
            true => (
                Some(members.required(Members::key, "caller")?),
                Some(members.required(Members::time, "ring")?),
            ),
            false => (None, None),
        };
        let device = members.key("device")?;
        if device.is_some() && (by_callee || reason != EndReason::AnsweredElsewhere) {
            return Err(members.bad("device", Problem::Excess));
        }
        Ok(End {
            call_id,
            reason,
            caller,
            ring,
            device,
            extra: members.rest,
        })
    }
}

/// The members of a map. Known ones are taken out by name and type; the rest is unknown, and kept.
struct Members {
    rest: Map,
    path: String,
}

impl Members {
    fn new(map: Map, path: &str) -> Members {
        Members {
            rest: map,
            path: path.into(),
        }
    }

    fn required<T>(
        &mut self,
        read: impl FnOnce(&mut Members, &str) -> Result<Option<T>, ContentError>,
        name: &str,
    ) -> Result<T, ContentError> {
        read(self, name)?.ok_or_else(|| self.bad(name, Problem::Missing))
    }

    fn bool(&mut self, name: &str) -> Result<Option<bool>, ContentError> {
        self.take(name, |value| match value {
            Value::Bool(value) => Ok(*value),
            _ => Err(Problem::Kind("true or false")),
        })
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, ContentError> {
        self.short_text(name, usize::MAX)
    }

    fn short_text(&mut self, name: &str, limit: usize) -> Result<Option<String>, ContentError> {
        self.take(name, |value| match value {
            Value::Text(text) if text.len() <= limit => Ok(mem::take(text)),
            Value::Text(text) => {
                let found = text.len();
                Err(Problem::TooLong { found, limit })
            }
            _ => Err(Problem::Kind("text")),
        })
    }

    fn integer<T: TryFrom<i64>>(
        &mut self,
        name: &str,
        min: i64,
        max: i64,
    ) -> Result<Option<T>, ContentError> {
        let range = Problem::Range { min, max };
        self.take(name, |value| match value {
            Value::Integer(value) if (min..=max).contains(value) => {
                T::try_from(*value).map_err(|_| range)
            }
            _ => Err(range),
        })
    }

    /// Takes a time in milliseconds since 1970.
    fn time(&mut self, name: &str) -> Result<Option<UnixMillis>, ContentError> {
        let time: Option<u64> = self.integer(name, 0, Value::MAX_INTEGER)?;
        Ok(time.map(UnixMillis))
    }

    fn id(&mut self, name: &str) -> Result<Option<[u8; 16]>, ContentError> {
        self.bytes(name, "16 bytes")
    }

    fn key(&mut self, name: &str) -> Result<Option<[u8; 32]>, ContentError> {
        self.bytes(name, "32 bytes")
    }

    fn bytes<const N: usize>(
        &mut self,
        name: &str,
        kind: &'static str,
    ) -> Result<Option<[u8; N]>, ContentError> {
        let problem = Problem::Kind(kind);
        self.take(name, |value| match value {
            Value::Bytes(bytes) => bytes.as_slice().try_into().map_err(|_| problem),
            _ => Err(problem),
        })
    }

    fn map(&mut self, name: &str) -> Result<Option<Members>, ContentError> {
        let path = format!("{}{name}.", self.path);
        self.take(name, |value| match value {
            Value::Map(rest) => Ok(Members {
                rest: mem::take(rest),
                path,
            }),
            _ => Err(Problem::Kind("a map")),
        })
    }

    fn call_id(&mut self, name: &str) -> Result<Option<CallId>, ContentError> {
        let Some(id) = self.id(name)? else {
            return Ok(None);
        };
        let id = CallId::from_bytes(id).map_err(|_| self.bad(name, Problem::CallKitUuid))?;
        Ok(Some(id))
    }

    fn one_of<T: Vocabulary>(&mut self, name: &str) -> Result<Option<T>, ContentError> {
        let problem = Problem::Name(T::NAMES);
        self.take(name, |value| match value {
            Value::Text(text) => T::from_str(text).map_err(|_| problem),
            _ => Err(problem),
        })
    }

    fn data(&mut self) -> Result<Option<Value>, ContentError> {
        self.take("data", |value| Ok(mem::replace(value, Value::Null)))
    }

    fn handle(&mut self, name: &str) -> Result<Option<Handle>, ContentError> {
        let Some(mut members) = self.map(name)? else {
            return Ok(None);
        };
        let read_value =
            |members: &mut Members, name: &str| members.short_text(name, MAX_HANDLE_LEN);
        Ok(Some(Handle {
            kind: members.required(Members::one_of, "type")?,
            value: members.required(read_value, "value")?,
            extra: members.rest,
        }))
    }

    fn description(&mut self, name: &str) -> Result<Option<Description>, ContentError> {
        let Some(mut members) = self.map(name)? else {
            return Ok(None);
        };
        let kind = members.required(Members::one_of, "type")?;
        let sdp = members.text("sdp")?;
        if sdp.is_none() && kind != DescriptionType::Rollback {
            return Err(members.bad("sdp", Problem::Missing));
        }
        Ok(Some(Description {
            kind,
            sdp,
            extra: members.rest,
        }))
    }

    fn candidates(&mut self, name: &str) -> Result<Option<Vec<Candidate>>, ContentError> {
        let items = self.take(name, |value| match value {
            Value::Array(items) => Ok(Zeroizing::new(mem::take(items))),
            _ => Err(Problem::Kind("an array")),
        })?;
        let Some(mut items) = items else {
            return Ok(None);
        };
        let read = |(index, item): (usize, &mut Value)| {
            let Value::Map(rest) = item else {
                return Err(self.bad(&format!("{name}[{index}]"), Problem::Kind("a map")));
            };
            let path = format!("{}{name}[{index}].", self.path);
            let mut members = Members {
                rest: mem::take(rest),
                path,
            };
            Ok(Candidate {
                candidate: members.required(Members::text, "candidate")?,
                sdp_mid: members.text("sdpMid")?,
                sdp_m_line_index: members.integer("sdpMLineIndex", 0, i64::from(u16::MAX))?,
                username_fragment: members.text("usernameFragment")?,
                extra: members.rest,
            })
        };
        items
            .iter_mut()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// Takes out a member, if it is there. `read` takes the value out of it and must accept it; the
    /// rest is wiped. Null is never accepted.
    fn take<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Value) -> Result<T, Problem>,
    ) -> Result<Option<T>, ContentError> {
        let read = match self.rest.remove(name) {
            None => return Ok(None),
            Some(Value::Null) => Err(Problem::Null),
            Some(value) => read(&mut Zeroizing::new(value)),
        };
        read.map(Some).map_err(|problem| self.bad(name, problem))
    }

    fn bad(&self, name: &str, problem: Problem) -> ContentError {
        let member = format!("{}{name}", self.path);
        ContentError::BadContent { member, problem }
    }
}
