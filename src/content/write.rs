//! Writing content as its members (spec/envelope.md, "Content types").

use std::mem;

use crate::content::Content;
use crate::content::names::CALL_ID;
use crate::content::types::*;
use crate::error::{ContentError, Problem};
use crate::limits::MAX_DEPTH;
use crate::time::UnixMillis;
use crate::value::{Map, Value};

impl Content {
    /// Returns the content's members, the type among them.
    ///
    /// # Errors
    /// In this order:
    /// - [`ContentError::TooDeep`] (`too_deep`): a value nests more than 16 containers.
    /// - [`ContentError::BadContent`] (`bad_content`): an extra member has the name of a known one.
    pub fn to_map(&self) -> Result<Map, ContentError> {
        // Before anything walks a value to its bottom, because the stack is finite.
        let extras = [self.extra()].into_iter().chain(self.nested_extras());
        let mut values = extras
            .flat_map(Map::iter)
            .map(|(_, value)| value)
            .chain(self.data());
        if values.any(|value| value.is_deeper_than(MAX_DEPTH)) {
            return Err(ContentError::TooDeep);
        }
        self.clone().into_map()
    }

    /// Does what [`Content::to_map`] does without a copy, and without the check of depth.
    pub(super) fn into_map(mut self) -> Result<Map, ContentError> {
        let mut map = MapWriter::new(mem::take(self.extra_mut()));
        map.add("type", self.content_type());
        map.add_some(CALL_ID, self.call_id().map(|id| id.as_bytes().to_vec()));
        match self {
            Content::Invite(invite) => invite.write(&mut map),
            Content::Answer(answer) => {
                map.add("ring", time_value(answer.ring)?);
                map.add_some("answer", answer.answer);
                map.add_some("data", answer.data);
            }
            Content::Candidates(candidates) => {
                let entries = candidates.candidates.into_iter().map(Candidate::into_value);
                map.add_result("candidates", entries.collect::<Result<Vec<_>, _>>());
            }
            Content::Negotiate(negotiate) => {
                map.add_result("description", negotiate.description.into_value());
            }
            Content::End(end) => {
                map.add("reason", end.reason.as_str());
                map.add_some("caller", end.caller.map(|key| key.to_vec()));
                map.add_some("ring", end.ring.map(time_value).transpose()?);
                map.add_some("device", end.device.map(|key| key.to_vec()));
            }
            Content::Message(message) => {
                map.add_some("body", message.body);
                map.add_some("data", message.data);
            }
            Content::Cover(_) | Content::Unknown(_) => {}
        }
        map.finish()
    }

    fn data(&self) -> Option<&Value> {
        match self {
            Content::Invite(invite) => invite.data.as_ref(),
            Content::Answer(answer) => answer.data.as_ref(),
            Content::Message(message) => message.data.as_ref(),
            _ => None,
        }
    }

    /// Returns the unknown members of known maps.
    fn nested_extras(&self) -> Vec<&Map> {
        match self {
            Content::Invite(invite) => invite.handle.iter().map(|handle| &handle.extra).collect(),
            Content::Candidates(candidates) => {
                let entries = candidates.candidates.iter();
                entries.map(|candidate| &candidate.extra).collect()
            }
            Content::Negotiate(negotiate) => vec![&negotiate.description.extra],
            _ => Vec::new(),
        }
    }

    fn extra(&self) -> &Map {
        match self {
            Content::Invite(invite) => &invite.extra,
            Content::Answer(answer) => &answer.extra,
            Content::Candidates(candidates) => &candidates.extra,
            Content::Negotiate(negotiate) => &negotiate.extra,
            Content::End(end) => &end.extra,
            Content::Message(message) => &message.extra,
            Content::Cover(cover) => &cover.extra,
            Content::Unknown(unknown) => &unknown.extra,
        }
    }

    fn extra_mut(&mut self) -> &mut Map {
        match self {
            Content::Invite(invite) => &mut invite.extra,
            Content::Answer(answer) => &mut answer.extra,
            Content::Candidates(candidates) => &mut candidates.extra,
            Content::Negotiate(negotiate) => &mut negotiate.extra,
            Content::End(end) => &mut end.extra,
            Content::Message(message) => &mut message.extra,
            Content::Cover(cover) => &mut cover.extra,
            Content::Unknown(unknown) => &mut unknown.extra,
        }
    }
}

impl Invite {
    fn write(self, map: &mut MapWriter) {
        if let Some(handle) = self.handle {
            map.add_result("handle", handle.into_value());
        }
        map.add_some("callerName", self.caller_name);
        map.add("hasVideo", self.has_video);
        map.add_some("lifetime", self.lifetime.map(i64::from));
        map.add_some("offer", self.offer);
        map.add_some("groupId", self.group_id);
        map.add_some("data", self.data);
    }
}

impl Candidate {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("candidate", self.candidate);
        map.add_some("sdpMid", self.sdp_mid);
        map.add_some("sdpMLineIndex", self.sdp_m_line_index.map(i64::from));
        map.add_some("usernameFragment", self.username_fragment);
        map.finish().map(Value::Map)
    }
}

impl Description {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("type", self.kind.as_str());
        map.add_some("sdp", self.sdp);
        map.finish().map(Value::Map)
    }
}

impl Handle {
    fn into_value(self) -> Result<Value, ContentError> {
        let mut map = MapWriter::new(self.extra);
        map.add("type", self.kind.as_str());
        map.add("value", self.value);
        map.finish().map(Value::Map)
    }
}

/// Returns a ring's time as an integer.
fn time_value(time: UnixMillis) -> Result<i64, ContentError> {
    let value = i64::try_from(time.0).ok();
    let value = value.filter(|value| *value <= Value::MAX_INTEGER);
    value.ok_or_else(|| ContentError::BadContent {
        member: "ring".into(),
        problem: Problem::Number,
    })
}

/// A map under construction: known members join the unknown ones. Two of one name are refused.
struct MapWriter(Result<Map, ContentError>);

impl MapWriter {
    fn new(extra: Map) -> MapWriter {
        MapWriter(Ok(extra))
    }

    fn add(&mut self, name: &str, value: impl Into<Value>) {
        if let Ok(map) = &mut self.0
            && map.insert(name, value).is_some()
        {
            self.0 = Err(ContentError::BadContent {
                member: name.into(),
                problem: Problem::Excess,
            });
        }
    }

    fn add_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn add_result(&mut self, name: &str, value: Result<impl Into<Value>, ContentError>) {
        match value {
            Ok(value) => self.add(name, value),
            Err(error) => self.0 = Err(error),
        }
    }

    fn finish(self) -> Result<Map, ContentError> {
        self.0
    }
}
