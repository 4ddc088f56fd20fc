//! Roles and names kind by kind: what a part of a page is called, by the engine and by the browser itself.

/// A part of a page; the roles and names in it, in order; whether the browser tells the same.
pub struct Kind {
    pub what: &'static str,
    pub html: &'static str,
    pub told: &'static [(&'static str, &'static str)],
    pub by_the_browser: bool,
}

const fn kind(what: &'static str, html: &'static str, told: &'static [(&'static str, &'static str)]) -> Kind {
    Kind { what, html, told, by_the_browser: true }
}
/// Where the engine tells otherwise than Chromium, and why.
const fn ours(what: &'static str, html: &'static str, told: &'static [(&'static str, &'static str)]) -> Kind {
    Kind { what, html, told, by_the_browser: false }
}

pub const KINDS: &[Kind] = &[
    kind(
        "generated content, all its parts, by its alternative, and only where it is drawn",
        "<style>.a::before{content:'\\e61a' / ''}.b::before{content:'★' / 'Starred'}.c::before{content:'gone';display:none}.d::after{content:' (' attr(data-n) ')'}.e::after{content:'→' / 'opens'}.f::after{content:':';visibility:hidden}</style>\
         <button class=a>Reload</button><button class=b></button><button class=c>Shut</button><button class=d data-n=3>Basket</button><button class=e>Guide</button><button class=f>Zone</button>",
        &[
            ("button", "Reload"),
            ("button", "Starred"),
            ("button", "Shut"),
            ("button", "Basket (3)"),
            ("button", "Guide opens"),
            ("button", "Zone"),
        ],
    ),
    kind(
        "counters, in their scopes",
        "<style>section{counter-reset:step 4}h4{counter-increment:step}h4::before{content:'' / counter(step) '.'}</style><div><section><h4>Region</h4><h4>Zone</h4></section><h4>Fee</h4></div><h4>Alone</h4>",
        &[("heading", "5. Region"), ("heading", "6. Zone"), ("heading", "7. Fee"), ("heading", "1. Alone")],
    ),
    kind(
        "controls inside what names another tell what they hold",
        "<label><input type=checkbox>Remind <input value=7 aria-label=Days> days</label><label><input type=radio>Keep <select aria-label=Kept><option>one<option selected>two</select> copies</label>\
         <button>Load <span role=slider aria-label=Share aria-valuenow=40 aria-valuetext='40 %' tabindex=0>x</span></button>",
        &[
            ("checkbox", "Remind 7 days"),
            ("textbox", "Days"),
            ("radio", "Keep two copies"),
            ("combobox", "Kept"),
            ("option", "one"),
            ("option", "two"),
            ("button", "Load 40 %"),
            ("slider", "Share"),
        ],
    ),
    ours(
        "what is secret is told to nobody, not even its length",
        "<div role=group aria-label=Keys><button>Unlock <input type=password value=hushhush> by <input autocomplete=one-time-code value=4711></button></div>",
        &[("group", "Keys"), ("button", "Unlock by"), ("textbox", ""), ("textbox", "")],
    ),
    kind(
        "aria-labelledby to itself",
        "<p id=k1>ins-1</p><button id=k2 aria-label=Renew aria-labelledby='k2 k1'>↻</button><button id=k3 aria-labelledby='k3 k1'>Return</button>",
        &[("button", "Renew ins-1"), ("button", "Return ins-1")],
    ),
    kind(
        "aria-labelledby to pictures, named elements and controls, or to nothing",
        "<img id=k1 alt=Refresh src=data:,><span id=k2 aria-label=Delete>x</span><input id=k3 value=12><b id=k4 hidden></b><label><input type=checkbox id=k5>Backup</label>\
         <button aria-labelledby=k1></button><button aria-labelledby=k2></button><button aria-labelledby='k2 k3'></button><button aria-labelledby='k4 none' aria-label=Instead></button><button aria-labelledby=k5></button>",
        &[
            ("image", "Refresh"),
            ("textbox", ""),
            ("checkbox", "Backup"),
            ("button", "Refresh"),
            ("button", "Delete"),
            ("button", "Delete 12"),
            ("button", "Instead"),
            ("button", "Backup"),
        ],
    ),
    kind(
        "aria-labelledby to hidden things, and to things with hidden parts",
        "<p id=k1 hidden>Hidden <b>whole</b></p><p id=k2>Shown <b hidden>part</b></p><button aria-labelledby=k1></button><button aria-labelledby=k2></button>",
        &[("button", "Hidden whole"), ("button", "Shown")],
    ),
    kind(
        "names of buttons that have none",
        "<input type=submit><input type=reset><input type=image src=data:,><input type=image src=data:, alt=Pay><input type=submit value=Buy>",
        &[("button", "Submit"), ("button", "Reset"), ("button", "Submit"), ("button", "Pay"), ("button", "Buy")],
    ),
    kind(
        "labels that nobody sees name nothing",
        "<label for=k1 hidden>Voucher</label><input id=k1><label for=k2>Shown <i hidden>not this</i></label><input id=k2><label for=k3 aria-label=Told>Seen</label><input id=k3>",
        &[("textbox", ""), ("textbox", "Shown"), ("textbox", "Told")],
    ),
    kind(
        "titles and placeholders where nothing else names",
        "<input title=Code placeholder=1234><input placeholder=Search><button title=More></button><button title=More>Details</button>",
        &[("textbox", "Code"), ("textbox", "Search"), ("button", "More"), ("button", "Details")],
    ),
    kind(
        "legends, captions and titles of drawings",
        "<fieldset><legend>Region</legend></fieldset><fieldset><div><legend>Not its own</legend></div></fieldset><table><caption>Orders</caption><tr><th>ID</table><figure><figcaption>Usage</figcaption></figure><svg><title>Trend</title></svg>",
        &[
            ("group", "Region"),
            ("group", ""),
            ("table", "Orders"),
            ("caption", "Orders"),
            ("row", "ID"),
            ("columnheader", "ID"),
            ("figure", ""),
            ("image", "Trend"),
        ],
    ),
    kind(
        "blocks, boxes in a line, pictures and line breaks stand apart, other parts of a line do not",
        "<button>one<span>two</span></button><button><div>one</div>two</button><button><i style=display:inline-block>one</i><i style=display:inline-block>two</i></button><button>one<br>two</button><button>one<img alt=two src=data:,>three</button><button style=display:flex><b>¥</b><b>15</b></button>",
        &[
            ("button", "onetwo"),
            ("button", "one two"),
            ("button", "one two"),
            ("button", "one two"),
            ("button", "one two three"),
            ("image", "two"),
            ("button", "¥ 15"),
        ],
    ),
    kind(
        "items without what they open",
        "<ul role=menu><li role=menuitem>File<div><ul role=menu><li role=menuitem>Open</ul></div></ul><ul role=tree><li role=treeitem>China<ul role=group><li role=treeitem>Beijing</ul></ul>",
        &[
            ("menu", ""),
            ("menuitem", "File"),
            ("menu", ""),
            ("menuitem", "Open"),
            ("tree", ""),
            ("treeitem", "China"),
            ("group", ""),
            ("treeitem", "Beijing"),
        ],
    ),
    kind(
        "hidden parts that show a part of their own",
        "<h4>On sale<span style=visibility:hidden>, over<b style=visibility:visible>, again</b></span><i aria-hidden=true>!</i></h4>",
        &[("heading", "On sale, again")],
    ),
    kind(
        "slots and shadow trees, and what has no box of its own",
        "<cloud-key><template shadowrootmode=open><button>Buy <slot></slot></button></template>two</cloud-key><div style=display:contents><button style=display:contents>Flat</button></div>",
        &[("button", "Buy two"), ("button", "Flat")],
    ),
    kind(
        "what another element owns is told there",
        "<button aria-owns=k1>Play</button><h4>A <span id=k1>film</span></h4>",
        &[("button", "Play film"), ("heading", "A")],
    ),
    kind(
        "links inside a heading by what names them",
        "<h4>See <a href=/ aria-label='the price list'>this</a></h4>",
        &[("heading", "See the price list"), ("link", "the price list")],
    ),
    kind(
        "tables and lists that are there for their looks only",
        "<table role=presentation><tr><th>Logo<td>Menu</table><ul role=none><li>x</ul><table><tr><th>ID<tr><td>ins-1</table>",
        &[("table", ""), ("row", "ID"), ("columnheader", "ID"), ("row", "ins-1"), ("cell", "ins-1")],
    ),
    kind(
        "roles taken away from what can be focused or says something of itself",
        "<button role=none>Menu</button><a href=/ role=presentation>Docs</a><h4 role=none aria-label=Said>x</h4><h4 role=none>y</h4><h4 role=none tabindex=-1>z</h4>",
        &[("button", "Menu"), ("link", "Docs"), ("heading", "Said"), ("heading", "z")],
    ),
    kind(
        "the first role that there is, in any case, by its other name too",
        "<div role='icon IMG' aria-label=Cart></div><div role='widget Button'>Go</div><div role=directory><div role=listitem>x</div></div>",
        &[("image", "Cart"), ("button", "Go"), ("list", ""), ("listitem", "")],
    ),
    kind(
        "landmarks that are such by their names or places",
        "<section>x</section><section aria-label=Fees>x</section><section aria-label=' '>x</section><nav role=region>x</nav><form title=Filter>x</form><div role='region group'>x</div>\
         <article><aside>x</aside><aside title=Hint>x</aside><header>x</header><footer>x</footer></article><aside>x</aside><header>x</header>",
        &[
            ("region", "Fees"),
            ("navigation", ""),
            ("form", "Filter"),
            ("group", ""),
            ("article", ""),
            ("complementary", "Hint"),
            ("sectionheader", ""),
            ("sectionfooter", ""),
            ("complementary", ""),
            ("banner", ""),
        ],
    ),
    kind(
        "what is named by itself, or by a part of itself",
        "<section id=k1 aria-labelledby=k1>Fees</section><section aria-labelledby=k2><h4 id=k2>Terms</h4></section><table role=region aria-labelledby=k3><tr><th id=k3>ID</table><ul role=form aria-labelledby=k4><li id=k4>Filter</ul>",
        &[("region", "Fees"), ("region", "Terms"), ("heading", "Terms"), ("region", "ID"), ("form", "Filter")],
    ),
    kind(
        "a picture without words is none",
        "<img alt='' src=data:,><img alt='' aria-label=Map src=data:,>",
        &[("image", "Map")],
    ),
    ours(
        "nor by its title or an empty label, though Chromium takes either for a picture",
        "<img alt='' title=x src=data:,><img alt='' aria-label='' src=data:,>",
        &[],
    ),
    ours(
        "an option, row or tab is what it says, also where what should hold it does not say so: libraries forget it, and people see it",
        "<div role=option>Zone 1</div><div role=tab>Bills</div><div role=row>ins-1</div>",
        &[("option", "Zone 1"), ("tab", "Bills"), ("row", "ins-1")],
    ),
    ours(
        "letters as the page has them, not as its style sheet draws them: that is how profiles are written",
        "<button style=text-transform:uppercase>Buy now</button>",
        &[("button", "Buy now")],
    ),
];
