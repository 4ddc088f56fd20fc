//! Pages as they were, made inert: what shows something stays, and nothing that runs, submits, or asks a server for anything.
//!
//! What may stay is listed here, and whatever is not does not. A content security policy in the file stands behind that.

use cssparser::{Delimiter, ParseError, Parser, ToCss as _, Token};
use scraper::{Html, Node, node::Element};

use super::{GENERATOR, Redaction};

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'";
const NOT_ALL: &str = "<p>The rest of this page was not kept: it is too large, or took too long to read.</p>";

/// What shows something, and does nothing by itself or its attributes that are kept.
const SHOWN: &str = " a abbr acronym address area article aside b bdi bdo big blockquote body br button caption center cite code col \
    colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 head \
    header hgroup hr html i img input ins kbd label legend li main mark menu meter nav nobr ol optgroup option output p picture pre \
    progress q rp rt ruby s samp search section select selectedcontent slot small span strike strong style sub summary sup table \
    tbody td template textarea tfoot th thead time title tr tt u ul var wbr ";
/// The same of drawings.
const DRAWN: &str = " circle clippath defs desc ellipse feblend fecolormatrix fecomponenttransfer fecomposite fedropshadow feflood \
    fefunca fefuncb fefuncg fefuncr fegaussianblur femerge femergenode femorphology feoffset filter g line lineargradient marker mask \
    path pattern polygon polyline radialgradient rect stop style svg switch symbol text textpath title tspan use view ";
/// What says how something looks or what it is, and leads nowhere.
const SAYS: &str = " abbr align alt bgcolor border cellpadding cellspacing checked class color cols colspan contenteditable datetime \
    dir disabled face for height hidden high id inert label lang low max maxlength min multiple name nowrap open optimum pattern \
    placeholder popover readonly required reversed role rows rowspan scope selected shadowrootmode size slot span spellcheck start \
    step tabindex title type valign value width wrap ";

fn is_in(list: &str, name: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case(name))
}

/// A page's markup as a file of its own that anybody may open. `quirks`: it is laid out as pages without a document type are;
/// `whole`: nothing of it was left out.
#[must_use]
pub fn inert(markup: &str, quirks: bool, whole: bool, redaction: &Redaction) -> String {
    let kind = if quirks { "" } else { "<!DOCTYPE html>" };
    let head = format!(
        "<meta charset=\"utf-8\">{GENERATOR}<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"><meta name=\"referrer\" content=\"no-referrer\">"
    );
    let note = if whole { "" } else { NOT_ALL };
    let mut page = Html::parse_document(&format!("{kind}{head}{markup}{note}"));
    strip(&mut page);
    redact(&mut page, redaction);
    // What the parts of the file come to together is looked through as well.
    redaction.text(&page.html())
}

/// What becomes of a node.
enum Fate {
    Stays,
    Goes,
}

fn strip(page: &mut Html) {
    let all: Vec<_> = page.tree.root().descendants().map(|node| node.id()).collect();
    for id in all {
        let Some(mut node) = page.tree.get_mut(id) else { continue };
        let in_style = node.parent().is_some_and(|mut parent| name_of(parent.value()) == Some("style"));
        let fate = match node.value() {
            Node::Document | Node::Fragment | Node::Doctype(_) => Fate::Stays,
            Node::Text(text) => {
                if in_style {
                    text.text = style(text).as_str().into();
                }
                Fate::Stays
            }
            Node::Element(element) => strip_element(element),
            Node::Comment(_) | Node::ProcessingInstruction(_) => Fate::Goes,
        };
        if matches!(fate, Fate::Goes) {
            node.detach();
        }
    }
}

fn name_of(node: &Node) -> Option<&str> {
    node.as_element().map(Element::name)
}

fn strip_element(element: &mut Element) -> Fate {
    let name = element.name().to_owned();
    let is_html = &*element.name.ns == "http://www.w3.org/1999/xhtml";
    let is_own = is_html && name.contains('-');
    match name.as_str() {
        "meta" if is_html && is_ours(element) => return Fate::Stays,
        // It groups what is in it, and there is nowhere to submit that to.
        "form" if is_html => element.name.local = "div".into(),
        name if is_own || is_in(if is_html { SHOWN } else { DRAWN }, name) => {}
        _ => return Fate::Goes,
    }
    element.attrs.retain_mut(|(attribute, value)| {
        if !attribute.ns.is_empty() {
            return false;
        }
        match &*attribute.local {
            "style" => *value = style(value).as_str().into(),
            "src" => return is_html && name == "img" && is_picture(value),
            "href" => return value.starts_with('#'),
            attribute if attribute.starts_with("on") => return false,
            attribute if is_in(SAYS, attribute) => {}
            attribute if attribute.starts_with("aria-") => {}
            attribute if attribute.starts_with("data-") || is_own || !is_html => {
                if leads_somewhere(value) {
                    return false;
                }
                if value.contains('(') && !is_html {
                    *value = style(value).as_str().into();
                }
            }
            _ => return false,
        }
        true
    });
    Fate::Stays
}

/// Whether it is one that [`inert`] writes into every page.
fn is_ours(element: &Element) -> bool {
    let mut attributes: Vec<(&str, &str)> = element.attrs().collect();
    attributes.sort_unstable();
    match attributes.as_slice() {
        [("charset", "utf-8")] => true,
        [("content", "no-referrer"), ("name", "referrer")] => true,
        [("content", content), ("http-equiv", "Content-Security-Policy")] => *content == POLICY,
        [("content", content), ("name", "generator")] => GENERATOR.contains(content),
        _ => false,
    }
}

fn is_picture(address: &str) -> bool {
    address.starts_with("data:image/")
}

fn leads_somewhere(value: &str) -> bool {
    let value = value.trim_start();
    value.contains("//") || value.to_ascii_lowercase().starts_with("javascript:")
}

/// A style sheet, or what an attribute says of it, without addresses but those of pictures that are in it.
fn style(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let _to_the_end = copy(&mut Parser::new(text), false, &mut clean);
    // What is no longer an end tag is still the same text.
    clean.replace("</", "<\\/")
}

/// Copies tokens up to the end of a block. `addresses`: a text is one.
fn copy(parser: &mut Parser<'_>, addresses: bool, clean: &mut String) -> Result<(), ParseError<()>> {
    let kept = |address: &str| address.starts_with('#') || is_picture(address);
    while let Ok(token) = parser.next_including_whitespace_and_comments().cloned() {
        let end = match &token {
            Token::AtKeyword(name) if is_in("import namespace charset", name) => {
                let to_its_end = |rest: &mut Parser<'_>| copy(rest, true, &mut String::new());
                let _left_out = parser.parse_until_after(Delimiter::Semicolon, to_its_end);
                continue;
            }
            Token::UnquotedUrl(address) if !kept(address) => {
                clean.push_str("none");
                continue;
            }
            Token::QuotedString(address) if addresses && !kept(address) => {
                clean.push_str("\"\"");
                continue;
            }
            // Parts of a sheet that no browser understands.
            Token::BadUrl(_) | Token::BadString(_) | Token::CDO | Token::CDC => continue,
            Token::Comment(_) => {
                clean.push_str("/**/");
                continue;
            }
            Token::Function(_) | Token::ParenthesisBlock => ")",
            Token::SquareBracketBlock => "]",
            Token::CurlyBracketBlock => "}",
            _ => "",
        };
        let _a_string_takes_it = token.to_css(clean);
        if !end.is_empty() {
            let inside = match &token {
                Token::Function(name) => addresses || is_in("url src image image-set -webkit-image-set", name),
                _ => addresses,
            };
            let _as_far_as_it_goes = parser.parse_nested_block(|inner| copy(inner, inside, clean));
            clean.push_str(end);
        }
    }
    Ok(())
}

/// Takes secrets out of attributes, and out of the text, also where elements are in the middle of one.
fn redact(page: &mut Html, redaction: &Redaction) {
    for node in page.tree.values_mut() {
        if let Node::Element(element) = node {
            for (_, value) in &mut element.attrs {
                *value = redaction.text(value).as_str().into();
            }
        }
    }
    let texts: Vec<_> =
        page.tree.root().descendants().filter(|node| node.value().is_text()).map(|node| node.id()).collect();
    let text = |id| page.tree.get(id).and_then(|node| node.value().as_text()).map_or("", |text| &**text);
    let clean = redaction.texts(texts.iter().map(|id| text(*id)));
    for (id, clean) in texts.into_iter().zip(clean) {
        if let Some(mut node) = page.tree.get_mut(id)
            && let Node::Text(text) = node.value()
        {
            text.text = clean.as_str().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(markup: &str) -> String {
        inert(markup, false, true, &Redaction::of(&["correct horse"]))
    }

    #[test]
    fn what_shows_something_stays() {
        for stays in [
            "<h1 aria-label=\"a\" class=\"b c\" data-state=\"open\" id=\"d\">One &amp; two</h1>",
            "<input placeholder=\"as in https://test/\" type=\"text\" value=\"typed\">",
            "<img alt=\"cat\" src=\"data:image/webp;base64,UklGR\">",
            "<own-part variant=\"primary\"><template shadowrootmode=\"open\"><slot></slot></template>in it</own-part>",
            "<svg viewBox=\"0 0 1 1\"><use href=\"#drop\"></use><path d=\"M0 0\" fill=\"url(#it)\"></path></svg>",
            "<p style=\"background: url(\"data:image/png;base64,AA\") 0 / 2px\">",
        ] {
            let page = kept(&stays.replace("(\"", "(&quot;").replace("\")", "&quot;)"));
            let page = page.replace("&quot;", "\"");
            assert!(page.contains(stays), "{stays} is not in {page}");
        }
        let page = kept("<html lang=en class=dark><head><title>It</title></head><body class=wide></body></html>");
        assert!(
            page.starts_with("<!DOCTYPE html><html class=\"dark\" lang=\"en\"><head><meta charset=\"utf-8\"><meta "),
            "{page}"
        );
        assert!(
            page.contains("<body class=\"wide\">") && page.contains("dcdb-purchase-e2e") && page.contains(POLICY),
            "{page}"
        );
        assert!(page[..page.find("<title>").expect("a title")].contains("Content-Security-Policy"), "{page}");
    }

    #[test]
    fn nothing_that_runs_submits_or_asks_a_server_stays() {
        let hostile = [
            "<script>alert(1)</script><svg><script>alert(1)</script></svg>",
            "<img src=x onerror=alert(1)><body onload=alert(1)><own-part onclick=alert(1) href=javascript:alert(1)>",
            "<form action=https://bad.test/><button formaction=https://bad.test/>Go</button></form>",
            "<a href=https://bad.test/ ping=https://bad.test/>x</a><a href=javascript:alert(1)>x</a><svg><a href=https://bad.test/>x</a></svg>",
            "<link rel=stylesheet href=//bad.test/><base href=//bad.test/><meta http-equiv=refresh content='0;url=//bad.test/'>",
            "<meta http-equiv=Content-Security-Policy content='script-src *'>",
            "<iframe src=//bad.test/ srcdoc='<script>alert(1)</script>'></iframe><object data=//bad.test/></object><embed src=//bad.test/>",
            "<video src=//bad.test/ poster=//bad.test/></video><img src=//bad.test/ srcset='//bad.test/ 2x'><table background=//bad.test/>",
            "<svg><image href=//bad.test/ /><use href=//bad.test/#a /><animate attributeName=href to=//bad.test/ /><path fill='url(//bad.test/)'/></svg>",
            "<style>@import '//bad.test/a'; @import url(//bad.test/); a { background: url(//bad.test/) } b { background: image-set('//bad.test/' 1x), url(\"//bad.test/\") }</style>",
            "<style>@font-face { src: url(\\2f\\2f bad.test/) } a { content: '</style><script>alert(1)</script>' }</style>",
            "<p style='background: u\\72l(//bad.test/)' data-to=//bad.test/>x<!-- //bad.test/ --><noscript><img src=//bad.test/></noscript>",
            "<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math><template><script>alert(1)</script></template>",
            "<textarea></textarea><script>alert(1)</script><title></title><script>alert(1)</script><xmp><script>alert(1)</script></xmp>",
        ];
        for markup in hostile {
            let page = kept(markup);
            let lower = page.to_ascii_lowercase();
            for bad in [
                "bad.test",
                "<script",
                "alert(1)",
                "javascript:",
                "<form",
                "formaction",
                "<iframe",
                "refresh",
                "script-src",
            ] {
                let is_text = bad == "alert(1)" && markup.contains("content: '");
                assert!(is_text || !lower.contains(bad), "{bad} of {markup} is in {page}");
            }
            // And whoever reads it again finds it so.
            let body = |page: &str| page.split_once("</head>").map(|(_, body)| body.to_owned()).expect("a body");
            assert_eq!(body(&kept(&page)), body(&page), "{markup}");
        }
    }

    #[test]
    fn secrets_are_taken_out_also_where_elements_are_in_the_middle_of_one() {
        for leak in [
            "<p>correct horse",
            "<p title='correct horse'>",
            "<p>corr<b>ect</b> ho<!-- -->rse",
            "<p>corr&#101;ct horse",
            "<p data-a='correct%20horse'>",
            "<style>a { content: 'correct horse' }</style>",
        ] {
            let page = kept(leak);
            let bare: String = Html::parse_document(&page).root_element().text().collect();
            assert!(page.contains("‹secret›") && !page.contains("horse") && !bare.contains("horse"), "{page}");
        }
    }

    #[test]
    fn a_page_that_is_not_whole_says_so_and_a_deep_one_is_no_danger() {
        assert!(inert("<p>One", false, false, &Redaction::default()).contains(NOT_ALL));
        assert!(inert("<p>One", true, true, &Redaction::default()).starts_with("<html>"));
        assert!(kept(&"<div>".repeat(500)).contains("<div>"));
        assert!(kept(&format!("<p style='{}'>", "a(".repeat(20_000))).contains("<p"));
    }
}
