//! What people can do with pages in general, whatever these are made of: a page each, what is done there, and what comes of it.

use std::{rc::Rc, time::Duration};

use axum::{Router, extract::Path, response::Html, routing::get};
use dcdb_purchase_e2e::{
    browser::{Condition, Manners, Session, Visit, launch},
    target::{Locator, Text},
};
use tokio::task::LocalSet;

use crate::{
    bench::{CHANNELS, at, firefox, manners, serve},
    survival::with_session,
};

/// What is done, and what is to be so then. Elements are written as in a profile.
enum Step {
    Press(&'static str),
    Hover(&'static str),
    Fill(&'static str, &'static str),
    /// Filled, and sent by Enter.
    Send(&'static str, &'static str),
    Choose(&'static str, &'static str),
    Shows(&'static str, &'static str),
    Holds(&'static str, &'static str),
    Chosen(&'static str),
    NotChosen(&'static str),
    Enabled(&'static str),
    Count(&'static str, usize),
    /// A press that cannot be made; what is said of it.
    NoPress(&'static str, &'static str),
    /// A text that a field does not take; likewise.
    NoFill(&'static str, &'static str, &'static str),
    NoChoice(&'static str, &'static str, &'static str),
    /// What the page has said by then.
    Log(&'static str),
}
use Step::*;

struct Behaviour {
    name: &'static str,
    html: &'static str,
    steps: &'static [Step],
}

const fn that(name: &'static str, html: &'static str, steps: &'static [Step]) -> Behaviour {
    Behaviour { name, html, steps }
}

/// What differs most between browsers: pointer, keys, scrolling, focus, native controls. Tried in each that there is.
const IN_EACH_BROWSER: &[Behaviour] = &[
    that(
        "a shape of a drawing is pressed",
        "<svg width=80 height=80><rect id=r width=80 height=80 fill=teal onclick=\"say('drawn')\" /></svg>",
        &[Press("{ css: '#r' }"), Log("drawn")],
    ),
    that(
        "rows far down are scrolled to, also where the page scrolls at leisure",
        "<style>html{scroll-behavior:smooth}</style><ul id=l></ul><script>l.innerHTML=Array.from({length:90},(_,i)=>`<li><button onclick=\"say(${i})\">Renew ${i}</button>`).join('')</script>",
        &[
            Press("{ role: button, name: Renew 80 }"),
            Press("{ role: button, name: Renew 3 }"),
            Press("{ role: button, name: Renew 80 }"),
            Log("80 3 80"),
        ],
    ),
    that(
        "what a small box has scrolled out of sight is pressed",
        "<div style='width:120px;height:60px;overflow:auto'><p style='margin:0;height:200px'>Terms</p><button onclick=\"say('agreed')\">Agree</button></div>",
        &[Press("{ role: button, name: Agree }"), Log("agreed")],
    ),
    that(
        "a turned button is pressed",
        "<button style='margin:70px;transform:rotate(40deg)' onclick=\"say('bought')\">Buy</button>",
        &[Press("{ role: button }"), Log("bought")],
    ),
    that(
        "a button that slides is pressed once it has come to rest",
        "<style>body{margin:0}#b{width:160px;border:0;transition:margin .4s linear}</style><button id=b onclick='say(Math.round(event.clientX))'>Buy</button><script>setTimeout(()=>b.style.marginLeft='120px')</script>",
        &[Press("{ role: button }"), Log("200")],
    ),
    that(
        "fields of every kind of text are filled",
        "<script>for(const type of ['text','search','tel','url','email'])document.write(`<p><input type=${type} aria-label=${type}>`)</script><textarea aria-label=area></textarea>",
        &[
            Fill("{ label: text }", "tdsql"),
            Fill("{ label: search }", "tdsql one"),
            Fill("{ label: tel }", "13800000000"),
            Fill("{ label: url }", "http://test/"),
            Fill("{ label: email }", "a@test"),
            Fill("{ label: area }", "one\ntwo"),
            Holds("{ label: search }", "tdsql one"),
            Holds("{ label: email }", "a@test"),
        ],
    ),
    that(
        "characters of several parts are typed whole",
        "<input aria-label=Name>",
        &[Fill("{ label: Name }", "实例 🐘 é"), Holds("{ label: Name }", "实例 🐘 é")],
    ),
    that(
        "a field is emptied",
        "<input aria-label=Name value=old oninput=\"say(this.value||'empty')\">",
        &[Fill("{ label: Name }", ""), Holds("{ label: Name }", ""), Log("empty")],
    ),
    that(
        "text in a page that can be written in is replaced, by pages that write it themselves too",
        "<div contenteditable role=textbox aria-label=Note>old <b>text</b></div><div id=own contenteditable role=textbox aria-label=Own></div><script>own.onbeforeinput=(e)=>{e.preventDefault();if(e.data)own.textContent+=e.data}</script>",
        &[
            Fill("{ role: textbox, name: Note }", "new"),
            Fill("{ role: textbox, name: Own }", "mine"),
            Holds("{ role: textbox, name: Note }", "new"),
            Holds("{ role: textbox, name: Own }", "mine"),
        ],
    ),
    that(
        "Enter in a field sends its form",
        "<form onsubmit=\"say('sent '+this.q.value);return false\"><input name=q aria-label=Find></form>",
        &[Send("{ label: Find }", "dcdb-1"), Log("sent dcdb-1")],
    ),
    that(
        "an option is chosen as it is shown, once it can be",
        "<select id=s aria-label=Zone disabled onchange=\"say(this.selectedOptions[0].label)\"><option>One<option label='Zone 2'>z2</select><script>setTimeout(()=>s.disabled=false,400)</script>",
        &[Choose("{ label: Zone }", "Zone 2"), Holds("{ label: Zone }", "Zone 2"), Log("Zone 2")],
    ),
    that(
        "a box is ticked and unticked, by itself and by its label",
        "<input type=checkbox id=c onchange='say(this.checked)'><label for=c>Agree</label>",
        &[
            Press("{ role: checkbox }"),
            Chosen("{ role: checkbox }"),
            Press("{ text: Agree }"),
            NotChosen("{ role: checkbox }"),
            Log("true false"),
        ],
    ),
    that(
        "a menu opens under the pointer, also over what lets it through",
        "<div role=button onmouseenter=\"say('open')\"><span style=pointer-events:none>Products</span></div>",
        &[Hover("{ text: Products }"), Log("open")],
    ),
];

const BEHAVIOURS: &[Behaviour] = &[
    that(
        "what shows only what its style sheet puts there is pressed",
        "<style>#s::before{content:'×'}</style><span id=s onclick=\"say('closed')\"></span>",
        &[Press("{ css: '#s' }"), Log("closed")],
    ),
    that(
        "what is partly outside of the window is pressed where it is inside",
        "<style>i{position:absolute;top:-900px}</style><p><button style='position:absolute;left:calc(100vw - 50px);white-space:nowrap' onclick=\"say('wide')\">Renew all instances of this region for another year</button></p><p id=p style='margin-top:50px' onclick=\"say('inline')\"><i>far</i><b>near</b></p>",
        &[Press("{ role: button }"), Press("{ css: '#p' }"), Log("wide inline")],
    ),
    that(
        "what lets pointers through for now is waited for",
        "<button id=b style=pointer-events:none onclick=\"say('bought')\"><span>Buy</span></button><label id=l style=pointer-events:none onclick=\"say('label')\"><span>Later</span></label><script>setTimeout(()=>{b.style.pointerEvents=l.style.pointerEvents=''},400)</script>",
        &[Press("{ text: Buy }"), Press("{ text: Later }"), Log("bought label")],
    ),
    that(
        "what is no control cannot be disabled by its attribute",
        "<div disabled onclick=\"say('pressed')\">Standard</div>",
        &[Press("{ text: Standard }"), Log("pressed")],
    ),
    that(
        "what is in a shadow tree is pressed by what is slotted into it, filled and chosen",
        "<x-buy><template shadowrootmode=open><button onclick=\"say('bought')\"><slot></slot></button></template><b>Buy</b></x-buy><div><template shadowrootmode=open><input aria-label=Name><select aria-label=Zone><option>One<option>Two</select></template></div>",
        &[
            Press("{ role: button, name: Buy }"),
            Press("{ text: Buy }"),
            Fill("{ label: Name }", "one"),
            Fill("{ label: Name }", "two"),
            Holds("{ label: Name }", "two"),
            Choose("{ label: Zone }", "Two"),
            Holds("{ label: Zone }", "Two"),
            Log("bought bought"),
        ],
    ),
    that(
        "a page that writes itself anew is used like another",
        "<button onclick=\"setTimeout(()=>{document.open();document.write('<p id=log>-</p><button onclick=document.querySelector(`#log`).textContent=`new`>Again</button>');document.close()})\">Go</button>",
        &[Press("{ role: button, name: Go }"), Press("{ role: button, name: Again }"), Log("new")],
    ),
    that(
        "what goes away when it is pressed has been pressed",
        "<button id=b onmousedown=\"say('down');this.remove()\">Dismiss</button>",
        &[Press("{ role: button }"), Count("{ role: button }", 0), Log("down")],
    ),
    that(
        "of a press on what lies over, nothing reaches the page",
        "<button onclick=\"say('bought')\">Buy</button><div style='position:absolute;inset:0'><p>Please wait</p></div><script>for(const type of ['pointerdown','mousedown','mouseup','click','contextmenu'])addEventListener(type,()=>say(type))</script>",
        &[NoPress("{ role: button }", "Please wait"), Log("-")],
    ),
    that(
        "what cannot be used is not pressed, by whatever of it it is found",
        "<ul role=menu><li role=menuitem aria-disabled=true onclick=\"say('deleted')\"><span>Delete</span></ul><fieldset disabled><legend><button>Help</button></legend><button onclick=\"say('paid')\"><b>Pay</b></button></fieldset><button aria-disabled=true onclick=\"say('bought')\"><span>Buy</span></button>",
        &[
            NoPress("{ text: Delete }", "disabled"),
            NoPress("{ text: Pay }", "disabled"),
            NoPress("{ text: Buy }", "disabled"),
            Enabled("{ role: button, name: Help }"),
            Log("-"),
        ],
    ),
    that(
        "of several none is pressed for another",
        "<button onclick=\"say('pressed')\">Buy</button><button onclick=\"say('pressed')\">Buy</button>",
        &[NoPress("{ role: button, name: Buy }", "2 of them"), Log("-")],
    ),
    that(
        "a box or card is chosen by the name that it takes from what is in its label",
        "<label aria-label='This row'><span><input type=checkbox></span></label><label><input type=radio> For <input type=number value=3 aria-label=months> months</label><div role=button><input type=checkbox aria-label=Inner></div>",
        &[
            Press("{ role: checkbox, name: This row }"),
            Chosen("{ role: checkbox, name: This row }"),
            Press("{ role: radio, name: For 3 months }"),
            Chosen("{ role: radio, name: For 3 months }"),
            Press("{ role: checkbox, name: Inner }"),
            Chosen("{ role: checkbox, name: Inner }"),
        ],
    ),
    that(
        "a field is filled that comes late, that something is drawn over, that is fixed, that the page replaces on focus",
        "<input id=late aria-label=Late hidden><div style=position:relative><input aria-label=Drawn><span style='position:absolute;left:4px;pointer-events:none'>Name</span></div><input aria-label=Fixed style='position:fixed;right:0;bottom:0'><p><input aria-label=Swapped onfocus=\"setTimeout(()=>{const n=this.cloneNode();n.onfocus=null;n.removeAttribute('onfocus');this.replaceWith(n);n.focus()})\"></p><script>setTimeout(()=>late.hidden=false,400)</script>",
        &[
            Fill("{ label: Late }", "a"),
            Fill("{ label: Drawn }", "b"),
            Fill("{ label: Fixed }", "c"),
            Fill("{ label: Swapped }", "d"),
            Holds("{ label: Late }", "a"),
            Holds("{ label: Drawn }", "b"),
            Holds("{ label: Fixed }", "c"),
            Holds("{ label: Swapped }", "d"),
        ],
    ),
    that(
        "a time is typed as a date is",
        "<input type=time aria-label=At>",
        &[Fill("{ label: At }", "13:15"), Holds("{ label: At }", "13:15")],
    ),
    that(
        "what takes no text is not typed into",
        "<h1>Title</h1><input type=color aria-label=Colour><select aria-label=Zone><option>One<option>new</select><textarea aria-label=Picky onkeydown=\"if(event.key==='e')event.preventDefault()\"></textarea>",
        &[
            NoFill("{ role: heading }", "new", "takes no text"),
            NoFill("{ label: Colour }", "#aaaaaa", "takes no text"),
            NoFill("{ label: Zone }", "new", "takes no text"),
            Holds("{ label: Zone }", "One"),
            NoFill("{ label: Picky }", "new", "holds \"nw\", not \"new\""),
        ],
    ),
    that(
        "of a select that is swapped, of several, and by words over lines, an option is chosen",
        "<p id=d><select aria-label=Late><option>One</select><select multiple size=2 aria-label=Many><option>One<option>Two</select><select aria-label=Lines><option>One<option>\n Two \n words&nbsp;</select><script>setTimeout(()=>document.querySelector('[aria-label=Late]').outerHTML='<select aria-label=Late><option>One<option>Two</select>',400)</script>",
        &[
            Choose("{ label: Late }", "Two"),
            Choose("{ label: Many }", "Two"),
            Choose("{ label: Lines }", "Two words"),
            Holds("{ label: Late }", "Two"),
            Holds("{ label: Many }", "Two"),
            Holds("{ label: Lines }", "Two words"),
        ],
    ),
    that(
        "what is not offered, or no select, is not chosen",
        "<select aria-label=Zone><option>One<option disabled>Two</select><div role=combobox aria-label=Drawn>One</div>",
        &[
            NoChoice("{ label: Zone }", "Three", "it offers \"One\", \"Two\" [disabled]"),
            NoChoice("{ label: Zone }", "Two", "that option is disabled"),
            NoChoice("{ label: Drawn }", "One", "not a native select"),
        ],
    ),
    that(
        "what a choice leads to is looked at next",
        "<select aria-label=Zone onchange=\"location='/second'\"><option>One<option>Two</select>",
        &[Choose("{ label: Zone }", "Two"), Count("{ role: heading, name: Second }", 1)],
    ),
    that(
        "chosen is what says so of itself",
        "<div role=option aria-selected=true>One</div><div role=option aria-selected=false>Two</div><button>Plain</button><button aria-pressed=true>Pressed</button><button aria-pressed=mixed>Mixed</button>",
        &[
            Chosen("{ role: option, name: One }"),
            NotChosen("{ role: option, name: Two }"),
            NotChosen("{ role: button, name: Plain }"),
            Chosen("{ role: button, name: Pressed }"),
            NotChosen("{ role: button, name: Mixed }"),
        ],
    ),
    that(
        "what comes late is waited for in shadow trees, and where the page took the means to",
        "<div id=h></div><script>delete window.MutationObserver;setTimeout(()=>{h.attachShadow({mode:'open'}).innerHTML='<i></i>';setTimeout(()=>h.shadowRoot.innerHTML='<h1>Late</h1>',200)},200)</script>",
        &[Count("{ role: heading, name: Late }", 1)],
    ),
    that(
        "closed parts are opened first",
        "<details><summary>More</summary><label>Name <input></label></details><input aria-label=Other>",
        &[Count("{ role: textbox }", 1), Press("{ text: More }"), Count("{ role: textbox }", 2)],
    ),
    that(
        "names are those that a person is told",
        "<label id=l>Age</label><div role=combobox id=v aria-labelledby='l v' tabindex=0>Ten</div><button><span style=display:inline-block>Buy</span><span style=display:inline-block>now</span></button><a href='#' role=none>Go</a><select placeholder=Choose><option>One</select><ul role=menubar><li role=menuitem aria-expanded=true><div>Database</div><ul role=menu><li role=menuitem>DCDB</ul></ul>",
        &[
            Count("{ role: combobox, name: Age Ten }", 1),
            Count("{ role: button, name: Buy now }", 1),
            Count("{ role: link, name: Go }", 1),
            Count("{ role: combobox, name: Choose }", 0),
            Count("{ role: menuitem, name: Database }", 1),
        ],
    ),
    that(
        "units and signs that style sheets add are read",
        "<style>.u::after{content:' GB'}.p::before{content:'¥'}</style><p id=a class=u>500</p><p id=b class=p>5.00</p>",
        &[Shows("{ css: '#a' }", "500 GB"), Shows("{ css: '#b' }", "¥5.00")],
    ),
];

async fn take(visit: &Visit, step: &Step) -> Result<(), String> {
    let spot = |locator: &Locator| visit.at("test page", locator).within(manners().element);
    let refused = |done: anyhow::Result<()>, said: &str| match done {
        Ok(()) => Err(anyhow::anyhow!("it was done")),
        Err(error) if format!("{error:#}").contains(said) => Ok(()),
        Err(error) => Err(error.context(format!("it should say {said:?}"))),
    };
    let should = async |written: &str, condition| spot(&at(written)).should(condition).await;
    let done = match step {
        Press(it) => spot(&at(it)).click().await,
        Hover(it) => spot(&at(it)).hover().await,
        Fill(it, text) => spot(&at(it)).fill(text).await,
        Send(it, text) => spot(&at(it)).fill_and_enter(text).await,
        Choose(it, option) => spot(&at(it)).choose_native(&Text::from(*option)).await,
        Shows(it, text) => should(it, Condition::Shows(Text::from(*text))).await,
        Holds(it, text) => should(it, Condition::Value(Text::from(*text))).await,
        Chosen(it) => should(it, Condition::Checked).await,
        NotChosen(it) => should(it, Condition::Unchecked).await,
        Enabled(it) => should(it, Condition::Enabled).await,
        Count(it, count) => should(it, Condition::Count(*count)).await,
        NoPress(it, said) => refused(spot(&at(it)).click().await, said),
        NoFill(it, text, said) => refused(spot(&at(it)).fill(text).await, said),
        NoChoice(it, option, said) => refused(spot(&at(it)).choose_native(&Text::from(*option)).await, said),
        Log(text) => should("{ css: '#log' }", Condition::Shows(Text::from(*text))).await,
    };
    done.map_err(|error| format!("{error:#}"))
}

/// Tries them all, and says of each that is not so what was seen.
async fn try_each(session: &Session, behaviours: &'static [Behaviour], over: &str) {
    let page = move |Path(which): Path<usize>| async move {
        let say = "<p id=log>-</p><script>const say=(what)=>{const log=document.querySelector('#log');log.textContent=(log.textContent==='-'?'':log.textContent+' ')+what}</script>";
        Html(format!("<!doctype html><link rel=icon href=data:,><body>{say}{}", behaviours[which].html))
    };
    let second = get(|| async { Html("<!doctype html><link rel=icon href=data:,><h1>Second</h1>") });
    let address = serve(Router::new().route("/{which}", get(page)).route("/second", second)).await;
    let mut wrong = Vec::new();
    for (which, Behaviour { name, steps, .. }) in behaviours.iter().enumerate() {
        let is_refused = steps.iter().any(|step| matches!(step, NoPress(..) | NoFill(..) | NoChoice(..)));
        let element = if is_refused { Duration::from_millis(700) } else { manners().element };
        let visit = session.visit(Rc::new(Manners { element, ..manners() })).await.expect("a context");
        visit.go(&address.join(&which.to_string()).expect("an address")).await.expect("the page");
        for (at, step) in steps.iter().enumerate() {
            if let Err(why) = take(&visit, step).await {
                wrong.push(format!("{over}: {name}: step {}: {why}", at + 1));
                break;
            }
        }
        visit.close().await.expect("closed");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_are_used_as_a_person_uses_them() {
    for channel in CHANNELS {
        with_session(channel, async |session, _, _| {
            for behaviours in [IN_EACH_BROWSER, BEHAVIOURS] {
                try_each(session, behaviours, &format!("over {channel:?}")).await;
            }
        });
    }
}

#[test]
fn so_they_are_in_firefox_where_there_is_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let Some(settings) = firefox().await else { return };
        let driver = launch::launch(&settings).await.expect("a driver");
        let session = Session::start(driver.url(), driver.capabilities(&settings)).await.expect("a browser");
        try_each(&session, IN_EACH_BROWSER, "in Firefox").await;
        session.close().await.expect("closed");
        driver.end().await.expect("ended");
    });
}
