//! Cleaning names and handles (spec/inbox.md, "Names").

use zeroize::Zeroize;

/// Returns a text without the characters that could deceive whoever reads it, and an empty one if
/// nothing visible is left.
pub(super) fn clean(text: &str) -> String {
    // The whole room at once, because a string that grew would leave a part of it behind.
    let mut clean = String::with_capacity(text.len());
    let mut in_flag = false;
    for c in text.chars() {
        in_flag = c == BLACK_FLAG || (in_flag && is_tag(c));
        if !is_deceptive(c) && (!is_tag(c) || in_flag) {
            clean.push(c);
        }
    }
    if clean.chars().all(is_blank) {
        clean.zeroize();
    }
    clean
}

/// Returns whether a phone number may have this character.
pub(super) fn is_dialled(c: char) -> bool {
    matches!(
        c,
        '0'..='9' | '+' | '*' | '#' | '(' | ')' | '-' | '.' | '/' | ',' | ';' | ' '
    )
}

/// Tag characters spell the region of the flag behind this.
const BLACK_FLAG: char = '\u{1f3f4}';

fn is_tag(c: char) -> bool {
    matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// Returns whether it is a control character, invisible, or changes the direction or the lines of
/// the text around it.
fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

/// Returns whether it shows nothing by itself. Joiners and selectors are needed beside others.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200c}'
                | '\u{200d}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_taken_out() {
        let deceptive = "Bob\u{202e}ecilA\u{202c}\u{2067}\r\n\u{85}\u{ad}\u{feff}\u{2800}";
        assert_eq!(clean(deceptive), "BobecilA");
        let kept = "e\u{301} \u{1f469}\u{200d}\u{1f4bb} \u{627}\u{200c}\u{628} \u{2070}";
        assert_eq!(clean(kept), kept);
    }

    #[test]
    fn tags_stay_in_flags_alone() {
        let england = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
        assert_eq!(clean(england), england);
        assert_eq!(clean("Bob\u{e0041}"), "Bob");
        assert_eq!(clean("\u{1f3f4}x\u{e0067}"), "\u{1f3f4}x");
    }

    #[test]
    fn nothing_visible_is_nothing() {
        for blank in [
            "",
            " ",
            "\u{3000}\u{a0}",
            "\u{200d}\u{fe0f}",
            "\u{3164}",
            "\u{e0020}",
        ] {
            assert_eq!(clean(blank), "", "{blank:?}");
        }
    }
}
