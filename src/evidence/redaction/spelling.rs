//! How text may be spelled: each character as it is, or as addresses, pages, scripts, JSON and mail write it, one inside the
//! other. What stands at a place is read in every way that it can be, so nothing is decoded twice or not at all by mistake.

/// How deep spellings of different kinds are looked into, such as an address in JSON in a page.
const DEPTH: usize = 3;
/// How often one kind is read in itself, such as `%252526`.
const REPEATED: usize = 8;
/// Longer runs of backslashes or digits are nobody's encoding.
const LONGEST: usize = 32;

/// A character, or a byte of one, and where its spelling ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Unit {
    bytes: [u8; 4],
    length: usize,
    end: usize,
}

impl Unit {
    fn byte(byte: u8, end: usize) -> Self {
        Self { bytes: [byte, 0, 0, 0], length: 1, end }
    }

    fn char(c: char, end: usize) -> Self {
        let mut bytes = [0; 4];
        let length = c.encode_utf8(&mut bytes).len();
        Self { bytes, length, end }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn single(&self) -> Option<u8> {
        (self.length == 1).then_some(self.bytes[0])
    }
}

/// Whether a spelling may begin with this byte that stands for something else.
pub(super) const fn begins(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\' | b'=' | b'+' | b'\'' | b'"')
}

/// Whether one does that goes on with `next`.
pub(super) fn goes_on(byte: u8, next: u8) -> bool {
    let further = matches!(next, b'%' | b'&' | b'\\' | b'=');
    match byte {
        b'%' => further || next.is_ascii_hexdigit(),
        b'&' => further || next == b'#' || next.is_ascii_alphabetic(),
        b'=' => further || next.is_ascii_hexdigit() || matches!(next, b'\r' | b'\n'),
        b'\'' | b'"' => further || next == byte,
        b'\\' | b'+' => true,
        _ => false,
    }
}

/// Whatever may be spelled first at a place.
pub(super) fn first_bytes(text: &[u8], at: usize) -> Vec<u8> {
    let mut firsts: Vec<u8> = units(text, at, DEPTH).iter().map(|unit| unit.bytes[0]).collect();
    firsts.sort_unstable();
    firsts.dedup();
    firsts
}

/// The furthest end of `wanted`, however it is spelled, where it begins at `start`.
pub(super) fn end_of(wanted: &[u8], text: &[u8], start: usize) -> Option<usize> {
    // Mostly it is plain, or something else altogether.
    let same = wanted.iter().zip(&text[start..]).take_while(|(wanted, byte)| wanted == byte && !begins(**byte)).count();
    if same == wanted.len() {
        return Some(start + same);
    }
    if text.get(start + same).is_none_or(|byte| !begins(*byte)) {
        return None;
    }
    let mut furthest = None;
    // Places that were come to, each with how much of what is wanted stands before it.
    let mut places = vec![(start + same, same)];
    let mut next = 0;
    while let Some(&(mut at, mut had)) = places.get(next) {
        next += 1;
        while had < wanted.len() && text.get(at).is_some_and(|byte| *byte == wanted[had] && !begins(*byte)) {
            (at, had) = (at + 1, had + 1);
        }
        if had == wanted.len() {
            furthest = furthest.max(Some(at));
        } else if text.get(at).is_some_and(|byte| begins(*byte)) {
            let spelled = units(text, at, DEPTH).into_iter().filter(|unit| wanted[had..].starts_with(unit.bytes()));
            let broken = soft_break(text, at, DEPTH).map(|end| (end, had));
            for place in spelled.map(|unit| (unit.end, had + unit.length)).chain(broken) {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
    furthest
}

/// Whatever may be spelled at a place, spellings looked into so deep.
fn units(text: &[u8], at: usize, depth: usize) -> Vec<Unit> {
    let Some(&raw) = text.get(at) else { return Vec::new() };
    let mut all = vec![Unit::byte(raw, at + 1)];
    // An encoding that leaves the first sign of another's spelling alone leaves all of it alone; one that does not may have
    // spelled all of it. So the rest of a spelling is read as deep as its first sign was.
    let mut deep = vec![0];
    let mut next = 0;
    while let Some(&unit) = all.get(next) {
        let below = deep[next];
        next += 1;
        let Some(first) = unit.single().filter(|byte| begins(*byte) && below < depth) else { continue };
        for found in spelled(text, first, unit.end, below) {
            if !all.contains(&found) {
                all.push(found);
                deep.push(below + 1);
            }
        }
    }
    all
}

/// What `first` and what follows it at a place stand for, where that is read so deep.
fn spelled(text: &[u8], first: u8, at: usize, depth: usize) -> Vec<Unit> {
    match first {
        b'%' | b'=' => pairs(text, first, at, depth),
        b'&' => entities(text, at, depth),
        b'\\' => escapes(text, at, depth),
        b'+' => vec![Unit::byte(b' ', at)],
        // As SQL, YAML and CSV write a quote within quotes.
        _ => read(text, at, depth, |byte| (byte == first).then_some(()))
            .map(|((), end)| Unit::byte(first, end))
            .into_iter()
            .collect(),
    }
}

/// `%26` of addresses, `=26` of mail; and `%2526`.
fn pairs(text: &[u8], first: u8, mut at: usize, depth: usize) -> Vec<Unit> {
    let mut found = Vec::new();
    while found.len() < REPEATED {
        let Some((byte, end)) = hex(text, at, 2, depth) else { break };
        let byte = byte.to_le_bytes()[0];
        found.push(Unit::byte(byte, end));
        if byte != first {
            break;
        }
        at = end;
    }
    found
}

/// `&amp;`, `&#38;`, `&#x26;`; and `&amp;amp;`.
fn entities(text: &[u8], mut at: usize, depth: usize) -> Vec<Unit> {
    let mut found = Vec::new();
    while found.len() < REPEATED {
        let Some(unit) = numeric(text, at, depth).or_else(|| named(text, at, depth)) else { break };
        found.push(unit);
        if unit.single() != Some(b'&') {
            break;
        }
        at = unit.end;
    }
    found
}

fn numeric(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    let this = |wanted: u8| move |byte: u8| (byte == wanted).then_some(());
    let ((), mut at) = read(text, at, depth, this(b'#'))?;
    let mut radix = 10;
    if let Some(((), end)) = read(text, at, depth, |byte| matches!(byte, b'x' | b'X').then_some(())) {
        (radix, at) = (16, end);
    }
    let (mut code, mut digits) = (0u32, 0);
    while digits < LONGEST
        && let Some((digit, end)) = read(text, at, depth, |byte| char::from(byte).to_digit(radix))
    {
        code = code.saturating_mul(radix).saturating_add(digit);
        (at, digits) = (end, digits + 1);
    }
    let c = char::from_u32(code).filter(|_| digits > 0)?;
    Some(Unit::char(c, read(text, at, depth, this(b';')).map_or(at, |((), end)| end)))
}

/// Those of ASCII that need no escape themselves in the name.
const NAMED: [(&str, u8); 38] = [
    ("amp", b'&'),
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("excl", b'!'),
    ("num", b'#'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("ast", b'*'),
    ("midast", b'*'),
    ("plus", b'+'),
    ("comma", b','),
    ("period", b'.'),
    ("sol", b'/'),
    ("colon", b':'),
    ("semi", b';'),
    ("equals", b'='),
    ("quest", b'?'),
    ("commat", b'@'),
    ("lsqb", b'['),
    ("lbrack", b'['),
    ("bsol", b'\\'),
    ("rsqb", b']'),
    ("rbrack", b']'),
    ("Hat", b'^'),
    ("lowbar", b'_'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("lbrace", b'{'),
    ("verbar", b'|'),
    ("vert", b'|'),
    ("rcub", b'}'),
    ("rbrace", b'}'),
    ("AMP", b'&'),
    ("QUOT", b'"'),
];

fn named(text: &[u8], mut at: usize, depth: usize) -> Option<Unit> {
    let mut name = String::new();
    loop {
        let (letter, end) = read(text, at, depth, |byte| (byte.is_ascii_alphabetic() || byte == b';').then_some(byte))?;
        at = end;
        match letter {
            b';' => break,
            _ if name.len() > 8 => return None,
            letter => name.push(char::from(letter)),
        }
    }
    NAMED.iter().find(|(its, _)| *its == name).map(|(_, byte)| Unit::byte(*byte, at))
}

/// `\"`, `\n`, `\/`, `\u0026`, `\u{26}`, `\x26`; and `\\\"` or `\\u0026`, as JSON in JSON has them.
fn escapes(text: &[u8], mut at: usize, depth: usize) -> Vec<Unit> {
    let mut found = Vec::new();
    if text[at..].iter().take(LONGEST).filter(|byte| **byte == b'\\').count() == LONGEST {
        return found;
    }
    for run in 1..LONGEST {
        let units = units(text, at, depth);
        let broken = soft_break(text, at, depth).and_then(|at| Some((*text.get(at)?, at + 1)));
        let singles = units.iter().filter_map(|unit| Some((unit.single()?, unit.end))).chain(broken);
        for (letter, end) in singles.clone().filter(|(letter, _)| *letter != b'\\') {
            found.extend(escaped(text, letter, end, depth));
        }
        let Some((_, end)) = singles.into_iter().find(|(letter, _)| *letter == b'\\') else { break };
        at = end;
        // Each layer doubles them.
        if (run + 1).is_power_of_two() {
            found.push(Unit::byte(b'\\', at));
        }
    }
    found
}

/// What a backslash and this letter stand for.
fn escaped(text: &[u8], letter: u8, end: usize, depth: usize) -> Vec<Unit> {
    let mut found = Vec::new();
    match letter {
        b'u' => found.extend(unicode(text, end, depth)),
        b'x' => {
            if let Some((code, end)) = hex(text, end, 2, depth) {
                // A character to scripts, a byte to others.
                found.extend(char::from_u32(code).map(|c| Unit::char(c, end)));
                found.push(Unit::byte(code.to_le_bytes()[0], end));
            }
        }
        letter => {
            let control = [(b'n', b'\n'), (b'r', b'\r'), (b't', b'\t'), (b'b', 8), (b'f', 12), (b'v', 11), (b'0', 0)];
            match control.iter().find(|(its, _)| *its == letter) {
                Some((_, control)) => found.push(Unit::byte(*control, end)),
                None if !letter.is_ascii_alphanumeric() => found.push(Unit::byte(letter, end)),
                None => {}
            }
        }
    }
    found
}

fn unicode(text: &[u8], at: usize, depth: usize) -> Option<Unit> {
    let this = |wanted: u8| move |byte: u8| (byte == wanted).then_some(());
    if let Some(((), at)) = read(text, at, depth, this(b'{')) {
        let length = (1..=8).find(|length| {
            hex(text, at, *length, depth).is_some_and(|(_, end)| read(text, end, depth, this(b'}')).is_some())
        })?;
        let (code, end) = hex(text, at, length, depth)?;
        return Some(Unit::char(char::from_u32(code)?, read(text, end, depth, this(b'}'))?.1));
    }
    let (code, end) = hex(text, at, 4, depth)?;
    if let Some(c) = char::from_u32(code) {
        return Some(Unit::char(c, end));
    }
    // The first half of a character beyond the first 65536; the second has backslashes of its own.
    let mut behind = vec![end];
    let mut next = 0;
    while let Some(&at) = behind.get(next).filter(|_| next < LONGEST) {
        next += 1;
        // Mail may break its line between the halves.
        let places = [Some(at), soft_break(text, at, depth)].into_iter().flatten();
        let backslashes = places.flat_map(|at| units(text, at, depth)).filter(|unit| unit.single() == Some(b'\\'));
        for unit in backslashes {
            if !behind.contains(&unit.end) {
                behind.push(unit.end);
            }
        }
    }
    behind.into_iter().skip(1).find_map(|at| {
        let ((), at) = read(text, at, depth, this(b'u'))?;
        let (second, end) = hex(text, at, 4, depth)?;
        let halves = [u16::try_from(code).ok()?, u16::try_from(second).ok()?];
        Some(Unit::char(char::decode_utf16(halves).next()?.ok()?, end))
    })
}

fn hex(text: &[u8], mut at: usize, length: usize, depth: usize) -> Option<(u32, usize)> {
    let mut code = 0;
    for _ in 0..length {
        let (digit, end) = read(text, at, depth, |byte| char::from(byte).to_digit(16))?;
        (code, at) = (code * 16 + digit, end);
    }
    Some((code, at))
}

/// The first reading of what stands at a place that `takes` takes, and its end.
fn read<T>(text: &[u8], at: usize, depth: usize, takes: impl Fn(u8) -> Option<T> + Copy) -> Option<(T, usize)> {
    let &raw = text.get(at)?;
    if let Some(taken) = takes(raw) {
        return Some((taken, at + 1));
    }
    if !begins(raw) {
        return None;
    }
    let spelled = units(text, at, depth);
    spelled.into_iter().find_map(|unit| Some((takes(unit.single()?)?, unit.end))).or_else(|| {
        let at = soft_break(text, at, depth)?;
        read(text, at, depth, takes)
    })
}

/// The end of a line break that mail puts anywhere: `=` at a line's end.
fn soft_break(text: &[u8], at: usize, depth: usize) -> Option<usize> {
    let outermost = plain_break(text, at);
    if outermost.is_some() || depth == 0 || text.get(at).is_none_or(|byte| !begins(*byte)) {
        return outermost;
    }
    let one = |at: usize, wanted: u8| {
        let at = plain_break(text, at).unwrap_or(at);
        units(text, at, depth).into_iter().find(|unit| unit.single() == Some(wanted)).map(|unit| unit.end)
    };
    let spelled = units(text, at, depth).into_iter().skip(1).find(|unit| unit.single() == Some(b'='));
    let at = spelled?.end;
    let at = one(at, b'\r').unwrap_or(at);
    one(at, b'\n')
}

/// The same where the sign is as it is. Encodings that leave that alone may still spell the line's end.
fn plain_break(text: &[u8], at: usize) -> Option<usize> {
    let at = one_of(text, at, &["="])?;
    let at = one_of(text, at, &["\r", "r", "%0D", "%0d", "&#13;", "&#xD;", "&#xd;"]).unwrap_or(at);
    one_of(text, at, &["\n", "n", "%0A", "%0a", "&#10;", "&#xA;", "&#xa;"])
}

/// The end of the first of these that stands at a place: a letter behind backslashes, all others without.
fn one_of(text: &[u8], at: usize, spellings: &[&str]) -> Option<usize> {
    let rest = text.get(at..)?;
    let backslashes = rest.iter().take(LONGEST).take_while(|byte| **byte == b'\\').count();
    let spelled = spellings.iter().find(|spelling| {
        let is_letter = spelling.as_bytes()[0].is_ascii_lowercase();
        is_letter == (backslashes > 0) && rest[backslashes..].starts_with(spelling.as_bytes())
    })?;
    Some(at + backslashes + spelled.len())
}
