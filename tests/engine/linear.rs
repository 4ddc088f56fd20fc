//! Big pages: what is asked of them grows as they do, not as their square. The work is counted: time tells little on a loaded
//! machine.

use std::{collections::BTreeMap, time::Duration};

use dcdb_purchase_e2e::{
    browser::{Condition, Manners},
    target::{Likeness, Text},
};

use crate::bench::{Bench, Channel, at, manners, with_page_over};

const COLUMNS: [&str; 5] = ["Instance", "Status", "Zone", "Period", "Operation"];

/// Counts what is asked of the page, a search by what it searches. Draws the list that the address asks for, such as `#table-50`: a table, or a grid of boxes with roles.
const LISTS: &str = "<main><p id=work>-</p><div id=list></div></main><script>
    let work = 0;
    const counted = (of, name, cost) => { const own = of[name]; of[name] = function (...told) { work += cost(this); return own.apply(this, told); }; };
    const under = (root) => root.getElementsByTagName('*').length;
    for (const kind of [Element, Document]) for (const name of ['querySelector', 'querySelectorAll']) counted(kind.prototype, name, under);
    for (const name of ['getAttribute', 'getBoundingClientRect', 'checkVisibility', 'closest', 'matches']) counted(Element.prototype, name, () => 1);
    counted(TreeWalker.prototype, 'nextNode', () => 1);
    counted(window, 'getComputedStyle', () => 1);
    const names = ['Instance', 'Status', 'Zone', 'Period', 'Operation'];
    const values = (i) => [`<span>db-${i}</span>`, '<span><i></i>Running</span>', 'Zone 3', '12 months', `<a href='#${i}'>Renew</a>`];
    const table = (rows) => `<table><thead><tr>${names.map((n) => `<th>${n}`).join('')}</thead><tbody>${rows.map((row) =>
        `<tr>${row.map((cell) => `<td><div>${cell}</div>`).join('')}`).join('')}</table>`;
    const grid = (rows) => `<div role=grid><div role=rowgroup><div role=row>${names.map((n) => `<span role=columnheader>${n}</span>`).join('')}</div></div>
        <div role=rowgroup>${rows.map((row) => `<div role=row>${row.map((cell) => `<span role=gridcell>${cell}</span>`).join('')}</div>`).join('')}</div></div>`;
    function draw() {
        const [kind, count] = location.hash.slice(1).split('-');
        if (kind === 'told') { document.getElementById('work').textContent = `told ${count}: ${work}`; return; }
        const rows = Array.from({ length: Number(count) }, (_, i) => values(i));
        list.innerHTML = kind === 'table' ? table(rows) : kind === 'grid' ? grid(rows) : '';
        list.insertAdjacentHTML('beforeend', `<p>drawn ${kind}-${count}</p>`);
    }
    addEventListener('hashchange', draw);</script>";

/// Waits until a list is drawn.
async fn drawn(bench: &Bench, list: &str) {
    bench.visit.go(&bench.address.join(&format!("#{list}")).expect("an address")).await.expect("the page");
    bench
        .visit
        .at("test page", &at(&format!("{{ text: drawn {list} }}")))
        .should(Condition::Visible)
        .await
        .expect("drawn");
}

/// The work that the page has had so far; `turn` tells this question from the one before.
async fn work(bench: &Bench, turn: usize) -> u64 {
    bench.visit.go(&bench.address.join(&format!("#told-{turn}")).expect("an address")).await.expect("the page");
    let told = Condition::Shows(Text::Like(Likeness::Starts(format!("told {turn}: "))));
    let read = bench.visit.at("test page", &at("{ css: '#work' }")).read_when(told).await.expect("told");
    read.text.rsplit(' ').next().and_then(|count| count.parse().ok()).expect("a count")
}

#[test]
fn twice_the_rows_take_less_than_three_times_the_work() {
    const ROWS: usize = 150;
    let patient = Manners { element: Duration::from_secs(60), ..manners() };
    // Here the script is in the page's own world, where the page can count.
    with_page_over(Channel::Bidi, LISTS, patient, async |bench| {
        let cells: BTreeMap<_, _> = COLUMNS.map(|name| (name.to_owned(), at(&format!("{{ column: {name} }}")))).into();
        let mut turn = 0;
        for list in ["table", "grid"] {
            let mut of_each = Vec::new();
            for rows in [ROWS, 2 * ROWS] {
                drawn(bench, &format!("{list}-{rows}")).await;
                let spot = |yaml: &str| bench.visit.at("test page", &at(yaml));
                let mut counts = vec![work(bench, turn).await];

                let row = format!("{{ role: row, containing: db-{} }}", rows - 1);
                let link = spot(&format!("{{ role: link, name: Renew, within: {row} }}"));
                link.should(Condition::Visible).await.expect("a link");
                counts.push(work(bench, turn + 1).await);

                let read = spot("{ role: row }").rows(&cells).await.expect("rows");
                assert_eq!(read.len(), rows + 1);
                assert_eq!(read[rows]["Status"].as_deref(), Some("Running"));
                counts.push(work(bench, turn + 2).await);

                let missing = spot("{ column: Nothing }").within(Duration::ZERO);
                missing.should(Condition::Visible).await.expect_err("no such column");
                counts.push(work(bench, turn + 3).await);
                turn += 4;
                of_each.push(counts.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>());
            }
            for (at, what) in ["a look", "all rows", "a near miss"].into_iter().enumerate() {
                let (once, twice) = (of_each[0][at], of_each[1][at]);
                println!("{what}, {list}: {once}, twice the rows {twice}");
                assert!(once > ROWS as u64, "{what} of a {list} was not counted: {once}");
                assert!(twice < 3 * once, "{what} of a {list} took {once}, of twice the rows {twice}");
            }
        }
    });
}
