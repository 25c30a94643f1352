//! The ICE candidates in a content, and which of them it can do without.

use zeroize::Zeroize;

use crate::content::{Content, types};

/// The beginning of a candidate's line in a description.
const LINE: &str = "a=candidate:";

/// How useful a candidate is, from the least.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Usefulness {
    /// UDP mostly connects where TCP does.
    Tcp,
    /// Another one of the same base has a higher priority.
    Duplicate,
    /// It reaches one link.
    LinkLocal,
    /// A host's own IPv6 address.
    HostIpv6,
    /// A content cannot do without it.
    Needed,
}

/// A candidate as RFC 8839 writes it.
struct Candidate<'a> {
    /// The media section that it belongs to.
    section: usize,
    component: &'a str,
    transport: &'a str,
    priority: u64,
    address: &'a str,
    kind: &'a str,
    /// The address that a server reflects, where that is told.
    related: Option<&'a str>,
}

impl Content {
    /// Returns the places of the candidates that the content can do without, the least useful first,
    /// by priority where they are alike. Of each media section the most useful one stays.
    pub(crate) fn spare_candidates(&self) -> Vec<usize> {
        let candidates = self.candidates();
        let uses = candidates.iter().map(|(place, candidate)| {
            let usefulness = candidate.usefulness(*place, &candidates);
            (usefulness, candidate.priority, usize::MAX - place)
        });
        let uses: Vec<_> = uses.collect();
        let mut spare: Vec<_> = Vec::new();
        for ((_, candidate), of_it) in candidates.iter().zip(&uses) {
            let is_better = |((_, other), of_other): (&(usize, Candidate), _)| {
                other.section == candidate.section && of_other > of_it
            };
            let is_best = !candidates.iter().zip(&uses).any(is_better);
            if of_it.0 != Usefulness::Needed && !is_best {
                // A sort would be much more code, and there are few.
                spare.insert(spare.partition_point(|other| other < of_it), *of_it);
            }
        }
        let places = spare
            .into_iter()
            .map(|(_, _, from_end)| usize::MAX - from_end);
        places.collect()
    }

    /// Takes out the candidates in these places, and returns their texts in the content's order.
    pub(crate) fn take_candidates(&mut self, places: &[usize]) -> Vec<String> {
        let mut taken = Vec::new();
        let mut next = 0..;
        let mut is_taken = |text: &str| {
            let is_taken = next.next().is_some_and(|place| places.contains(&place));
            if is_taken {
                taken.push(text.trim_end().trim_start_matches("a=").into());
            }
            is_taken
        };
        if let Content::Candidates(batch) = self {
            batch.candidates.retain(|entry| !is_taken(&entry.candidate));
        } else if let Some(sdp) = self.description_mut() {
            // The whole room at once, because a string that grew would leave a part of it behind.
            let mut kept = String::with_capacity(sdp.len());
            for line in sdp.split_inclusive('\n') {
                if !line.starts_with(LINE) || !is_taken(line) {
                    kept.push_str(line);
                }
            }
            sdp.zeroize();
            *sdp = kept;
        }
        taken
    }

    /// Returns the candidates with their places. A text that is not one has a place as well.
    fn candidates(&self) -> Vec<(usize, Candidate<'_>)> {
        let texts = match self {
            Content::Candidates(batch) => entry_texts(&batch.candidates),
            _ => line_texts(self.description().map_or("", String::as_str)),
        };
        let texts = texts.into_iter().enumerate();
        texts
            .filter_map(|(place, (section, text))| Some((place, Candidate::read(section, text)?)))
            .collect()
    }

    fn description(&self) -> Option<&String> {
        match self {
            Content::Invite(invite) => invite.offer.as_ref(),
            Content::Answer(answer) => answer.answer.as_ref(),
            Content::Negotiate(negotiate) => negotiate.description.sdp.as_ref(),
            _ => None,
        }
    }

    fn description_mut(&mut self) -> Option<&mut String> {
        match self {
            Content::Invite(invite) => invite.offer.as_mut(),
            Content::Answer(answer) => answer.answer.as_mut(),
            Content::Negotiate(negotiate) => negotiate.description.sdp.as_mut(),
            _ => None,
        }
    }
}

/// Returns the candidates of a batch, with their sections.
fn entry_texts(entries: &[types::Candidate]) -> Vec<(usize, &str)> {
    let section = |entry: &types::Candidate| {
        let is_in = |other: &types::Candidate| {
            other.sdp_mid == entry.sdp_mid && other.sdp_m_line_index == entry.sdp_m_line_index
        };
        entries.iter().position(is_in).unwrap_or_default()
    };
    let sections = entries.iter().map(section);
    let texts = entries.iter().map(|entry| entry.candidate.as_str());
    sections.zip(texts).collect()
}

/// Returns the candidate lines of a description, with their sections.
fn line_texts(sdp: &str) -> Vec<(usize, &str)> {
    let mut section = 0;
    let mut texts = Vec::new();
    for line in sdp.lines() {
        if line.starts_with("m=") {
            section += 1;
        } else if line.starts_with(LINE) {
            texts.push((section, line));
        }
    }
    texts
}

impl<'a> Candidate<'a> {
    fn read(section: usize, text: &'a str) -> Option<Candidate<'a>> {
        let mut words = text.split_ascii_whitespace().skip(1);
        let component = words.next()?;
        let transport = words.next()?;
        let priority = words.next()?.parse().ok()?;
        let address = words.next()?;
        let (_port, _typ, kind) = (words.next()?, words.next()?, words.next()?);
        let related = words.skip_while(|word| *word != "raddr").nth(1);
        Some(Candidate {
            section,
            component,
            transport,
            priority,
            address,
            kind,
            // A browser that hides its addresses writes these.
            related: related.filter(|address| !["0.0.0.0", "::"].contains(address)),
        })
    }

    fn usefulness(&self, place: usize, all: &[(usize, Candidate)]) -> Usefulness {
        let is_better = |(other_place, other): &(usize, Candidate)| {
            let is_first = other.priority == self.priority && *other_place < place;
            other.is_udp()
                && other.base() == self.base()
                && (other.priority > self.priority || is_first)
        };
        let is_host = self.kind == "host";
        if !self.is_udp() {
            Usefulness::Tcp
        } else if all.iter().any(is_better) {
            Usefulness::Duplicate
        } else if is_host && self.is_link_local() {
            Usefulness::LinkLocal
        } else if is_host && self.address.contains(':') {
            Usefulness::HostIpv6
        } else {
            Usefulness::Needed
        }
    }

    fn is_udp(&self) -> bool {
        self.transport.eq_ignore_ascii_case("udp")
    }

    /// Returns what a duplicate has in common. A relay's own address is its base.
    fn base(&self) -> (usize, &str, &str, &str) {
        let reflected = self.related.filter(|_| self.kind != "relay");
        let address = reflected.unwrap_or(self.address);
        (self.section, self.component, self.kind, address)
    }

    /// Returns whether it is of 169.254.0.0/16 or fe80::/10.
    fn is_link_local(&self) -> bool {
        let begins = |prefix: &str| {
            let begin = self.address.get(..prefix.len());
            begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        };
        let ipv6 = ["fe8", "fe9", "fea", "feb"];
        begins("169.254.") || (self.address.contains(':') && ipv6.into_iter().any(begins))
    }
}
