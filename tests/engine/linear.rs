//! Big pages: what is asked of them takes time by their length, not by its square.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use dcdb_purchase_e2e::browser::{Condition, Manners};

use crate::bench::{Bench, at, manners, with_page};

const COLUMNS: [&str; 5] = ["Instance", "Status", "Zone", "Period", "Operation"];

/// Draws the list that the address asks for, such as `#table-50`: a table, or a grid of boxes with roles.
const LISTS: &str = "<main><div id=list></div></main><script>
    const names = ['Instance', 'Status', 'Zone', 'Period', 'Operation'];
    const values = (i) => [`<span>db-${i}</span>`, '<span><i></i>Running</span>', 'Zone 3', '12 months', `<a href='#${i}'>Renew</a>`];
    const table = (rows) => `<table><thead><tr>${names.map((n) => `<th>${n}`).join('')}</thead><tbody>${rows.map((row) =>
        `<tr>${row.map((cell) => `<td><div>${cell}</div>`).join('')}`).join('')}</table>`;
    const grid = (rows) => `<div role=grid><div role=rowgroup><div role=row>${names.map((n) => `<span role=columnheader>${n}</span>`).join('')}</div></div>
        <div role=rowgroup>${rows.map((row) => `<div role=row>${row.map((cell) => `<span role=gridcell>${cell}</span>`).join('')}</div>`).join('')}</div></div>`;
    function draw() {
        const [kind, count] = location.hash.slice(1).split('-');
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

/// The shortest of some tries: a loaded machine makes each longer, and none shorter.
#[derive(Default)]
struct Shortest(BTreeMap<(&'static str, &'static str, usize), Duration>);

impl Shortest {
    fn took(&mut self, what: &'static str, list: &'static str, rows: usize, since: Instant) {
        let took = since.elapsed();
        self.0.entry((what, list, rows)).and_modify(|least| *least = took.min(*least)).or_insert(took);
    }

    /// What took three times as long or longer for twice as many rows as these.
    fn steep(&self, rows: usize) -> Vec<String> {
        let of = self.0.iter().filter(|((_, _, of), _)| *of == rows);
        of.filter_map(|((what, list, _), took)| {
            let twice = self.0.get(&(*what, *list, 2 * rows))?;
            let said = format!("{what} of a {list} of {rows} rows took {took:.0?}, of twice as many {twice:.0?}");
            (*twice >= 3 * *took).then_some(said)
        })
        .collect()
    }
}

/// How often everything is measured at least, and at most while a loaded machine spoils it.
const ROUNDS: (usize, usize) = (3, 12);

#[test]
fn twice_the_rows_take_less_than_three_times_as_long() {
    const ROWS: usize = 500;
    let patient = Manners { element: Duration::from_secs(60), ..manners() };
    with_page(LISTS, patient, async |bench| {
        let cells: BTreeMap<_, _> = COLUMNS.map(|name| (name.to_owned(), at(&format!("{{ column: {name} }}")))).into();
        let mut shortest = Shortest::default();
        for round in 1..=ROUNDS.1 {
            for (list, rows) in [("table", ROWS), ("table", 2 * ROWS), ("grid", ROWS), ("grid", 2 * ROWS)] {
                drawn(bench, &format!("{list}-{rows}")).await;
                let spot = |yaml: &str| bench.visit.at("test page", &at(yaml));

                let begun = Instant::now();
                let row = format!("{{ role: row, containing: db-{} }}", rows - 1);
                let link = spot(&format!("{{ role: link, name: Renew, within: {row} }}"));
                link.should(Condition::Visible).await.expect("a link");
                shortest.took("a look", list, rows, begun);

                let begun = Instant::now();
                let read = spot("{ role: row }").rows(&cells).await.expect("rows");
                shortest.took("all rows", list, rows, begun);
                assert_eq!(read.len(), rows + 1);
                assert_eq!(read[rows]["Status"].as_deref(), Some("Running"));

                let begun = Instant::now();
                let missing = spot("{ column: Nothing }").within(Duration::ZERO);
                missing.should(Condition::Visible).await.expect_err("no such column");
                shortest.took("a near miss", list, rows, begun);
            }
            let steep = shortest.steep(ROWS);
            if round >= ROUNDS.0 && steep.is_empty() {
                return;
            }
            assert!(round < ROUNDS.1, "{steep:#?}");
        }
    });
}
