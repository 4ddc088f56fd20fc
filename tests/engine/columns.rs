//! Cells by the heading that they stand under, however a table is made.

use std::collections::BTreeMap;

use dcdb_purchase_e2e::{browser::Condition, target::Text};

use crate::bench::{Bench, at, impatient, manners, with_page};

/// A line a row: its cells under these headings, `-` where none or several stand there.
async fn read(bench: &Bench, table: &str, columns: &str) -> Vec<String> {
    let columns: Vec<&str> = columns.split('|').collect();
    let cells: BTreeMap<String, _> =
        columns.iter().map(|column| ((*column).to_owned(), at(&format!("{{ column: {column} }}")))).collect();
    let rows = at(&format!("{{ role: row, containing: ins-, within: {{ css: '{table}' }} }}"));
    let rows = bench.visit.at("test page", &rows).rows(&cells).await.expect("rows");
    let line = |row: BTreeMap<String, Option<String>>| {
        columns.iter().map(|column| row[*column].as_deref().unwrap_or("-").to_owned()).collect::<Vec<_>>().join("|")
    };
    rows.into_iter().map(line).collect()
}

const TABLES: &str = "<style>.x{display:none}.v{visibility:hidden}</style>\
    <table id=wide><tr><th colspan=2>Instance<th>Status<th>Zone<tr><td>db<td>ins-1<td>Running<td>Zone 3</table>\
    <table id=hidden><tr><th>ID<th class=x>Zone<th>Status<th class=v>Owner<th>Fee<tr><td>ins-1<td class=x>Zone 3<td>Running<td>me<td>¥5.00</table>\
    <table id=grouped><thead><tr><th rowspan=2>ID<th colspan=2>CPU<th colspan=2>Disk<tr><th>Cores<th>Used<th>Size<th>Used</thead><tbody><tr><td>ins-1<td>4<td>20%<td>500 GB<td>70%</table>\
    <table id=tall><tr><th>Region<th>ID<th>Status<tr><td rowspan=2>Guangzhou<td>ins-1<td>Running<tr><td>ins-2<td>Creating<tr><td>Shanghai<td>ins-3<td>Isolated</table>\
    <table id=plain><thead><tr><td>ID<td>Status</thead><tbody><tr><td>ins-1<td>Running</table>\
    <table id=corner><tr><td><th>ID<th>Status<tr><td>★<td>ins-1<td>Running</table>\
    <div id=apart><div><table><thead><tr><th colspan=2>ID<th>Status<th></table></div><div><table><tr><td>db<td>ins-1<td>Running</table></div></div>\
    <div id=grid role=table><div role=row><span role=columnheader aria-colspan=2>ID</span><span role=columnheader>Status</span></div><div role=row><div><span role=cell>db</span><span role=cell>ins-1</span></div><span role=cell>Running</span></div></div>\
    <table id=facts><tr><th>Status<td>ins-1<tr><th>Zone<td>ins-2</table>\
    <table id=signs><tr><th>ID<th>Status <button aria-label=filter><svg width=9 height=9></svg></button><tr><td>ins-1<td>Running</table>\
    <table id=none><tr><td>ins-1<td>Running</table>";

#[test]
fn a_cell_is_read_where_it_stands_under_the_heading_or_not_at_all() {
    with_page(TABLES, impatient(), async |bench| {
        for (table, columns, expected) in [
            ("#wide", "Status|Zone|Instance", "Running|Zone 3|-"),
            ("#hidden", "Status|Fee|Zone|Owner", "Running|¥5.00|-|-"),
            ("#grouped", "ID|Cores|Size|Used", "ins-1|4|500 GB|-"),
            ("#tall", "Region|ID|Status", "Guangzhou|ins-1|Running\nGuangzhou|ins-2|Creating\nShanghai|ins-3|Isolated"),
            ("#plain", "ID|Status", "ins-1|Running"),
            ("#corner", "ID|Status", "ins-1|Running"),
            ("#apart", "Status", "Running"),
            ("#grid", "Status", "Running"),
            ("#facts", "Status", "-\n-"),
            ("#signs", "Status|Status filter", "Running|Running"),
            ("#none", "ID|Status", "-|-"),
        ] {
            assert_eq!(read(bench, table, columns).await.join("\n"), expected, "{table}");
        }
    });
}

/// Two columns stay in view: the table is drawn again over itself, once whole and once with these alone.
const FIXED: &str = "<style>.t{position:relative;width:600px}table{border-collapse:collapse;width:600px;table-layout:fixed}td,th{height:36px}.f{position:absolute;top:0;right:0;width:200px;overflow:hidden;background:#fff}.f table{float:right}.off>*{visibility:hidden}.own table{width:200px}</style><p id=log>-</p><div class=t id=whole></div><div class=t id=own></div><script>\
    const cell=(tag,html,off)=>`<${tag} class=\"${off?'off':''}\"><div>${html}</div></${tag}>`;\
    const rows=(tag,line,fixed,own)=>'<tr>'+line.map((html,i)=>own&&fixed&&i<2?'':cell(tag,html,(i===2)!==fixed)).join('')+'</tr>';\
    const table=(name,fixed,own)=>'<table><thead>'+rows('th',['ID','Status','Do'],fixed,own)+'</thead><tbody>'+['ins-1','ins-2'].map((id)=>rows('td',[id,'Running',`<button onclick=\"log.textContent='${name} ${id}'\">Renew ${id}</button>`],fixed,own)).join('')+'</tbody></table>';\
    for(const [part,own] of [[whole,false],[window.own,true]])part.innerHTML=table(part.id,false,own)+`<div class=\"f ${own?'own':''}\">`+table(part.id,true,own)+'</div>'</script>";

#[test]
fn a_row_that_is_drawn_in_two_places_is_one_row() {
    with_page(FIXED, impatient(), async |bench| {
        for part in ["whole", "own"] {
            let row = format!("{{ role: row, containing: ins-2, within: {{ css: '#{part}' }} }}");
            bench.visit.at("test page", &at(&row)).should(Condition::Count(1)).await.expect("one row");
            let button = at(&format!("{{ role: button, within: {row} }}"));
            bench.visit.at("test page", &button).click().await.unwrap_or_else(|error| panic!("{part}: {error:#}"));
            let log = at("{ css: '#log' }");
            let pressed = Condition::Shows(Text::from(format!("{part} ins-2").as_str()));
            bench.visit.at("test page", &log).should(pressed).await.unwrap_or_else(|error| panic!("{error:#}"));
            let expected = ["Running|ins-1|Renew ins-1", "Running|ins-2|Renew ins-2"];
            assert_eq!(read(bench, &format!("#{part}"), "Status|ID|Do").await, expected, "{part}");
        }
    });
}

/// What is beside a caption, each in a part of its own.
const CAPTIONS: &str = "<div><span>Fee A</span> <s>¥9.00</s> <b>¥5.00</b></div><div><span>Fee B</span><span><del>¥9.00</del> <b>¥5.00</b></span></div>\
    <div><span>Fee C</span><span style='text-decoration:line-through'>¥9.00</span><b>¥5.00</b></div>\
    <div><span>Fee G</span> <span><del>¥9.00</del></span> <b>¥5.00</b></div><div><span>Fee H</span><div><div><p><del>¥9.00</del></p><p>¥5.00</p></div></div></div>\
    <div><span>Fee I</span><div><s><i>¥9.00</i></s><b>¥5.00</b></div></div>\
    <div><span>Fee D</span><i>?</i><b>¥5.00</b></div><div><span>Fee E</span><button aria-label=Help><svg width=9 height=9></svg></button><b>¥5.00</b></div>\
    <div><label>Fee F</label><span>?</span></div>\
    <dl><dt>Old fee<dd><s>¥9.00</s><dt>Zone<dd>Zone 3</dl><div><span>Gone</span><s>¥9.00</s><span>Zone</span><span>Zone 3</span></div>\
    <div><span>Past</span><span><s>¥9.00</s></span><span>Zone</span><span>Zone 3</span></div>";

#[test]
fn beside_a_caption_is_what_is_to_be_paid_and_no_sign_of_help() {
    with_page(CAPTIONS, impatient(), async |bench| {
        for caption in ["Fee A", "Fee B", "Fee C", "Fee D", "Fee E", "Fee G", "Fee H", "Fee I"] {
            let beside = at(&format!("{{ beside: {caption} }}"));
            let read = bench.visit.at("test page", &beside).text().await.unwrap_or_else(|error| panic!("{error:#}"));
            assert_eq!(read, "¥5.00", "{caption}");
        }
        for (caption, never) in [("Gone", "Zone"), ("Past", "Zone"), ("Fee F", "?")] {
            let seen =
                bench.visit.at("test page", &at(&format!("{{ beside: {caption} }}"))).now().await.expect("a look");
            assert!(seen.as_ref().is_none_or(|seen| seen.text != never && seen.text != "¥9.00"), "{caption}: {seen:?}");
        }
    });
}

/// "Loading…" and "No data" are said in a row of their own, and are read as no order and no instance.
#[test]
fn a_row_with_one_cell_across_the_table_is_no_entry_of_it() {
    let html = "<table id=native><thead><tr><th>ID<th>Status</thead><tbody><tr><td colspan=2>Loading…</tbody></table>\
        <div role=table id=aria><div role=row><span role=columnheader>ID</span> <span role=columnheader>Status</span></div><div role=rowgroup class=body><div role=row><span role=cell aria-colspan=2>No data</span></div></div></div>\
        <table id=one><thead><tr><th>ID</thead><tbody><tr><td>ins-1</tbody></table>\
        <table id=wide><thead><tr><th>Product<th>Amount<tbody><tr class=order><td colspan=2>Order 1 · ¥5.00<tr class=order><td colspan=2>Order 2 · ¥6.00</table>\
        <table id=mixed><thead><tr><th>ID<th>Status<tbody><tr><td colspan=2>Guangzhou<tr><td>ins-1<td>Running<tr><td colspan=2>Its details</table>\
        <table id=late><thead><tr><th>ID<th>Status</thead><tbody><tr><td colspan=2>Loading…</tbody></table>\
        <script>setTimeout(()=>late.tBodies[0].innerHTML='<tr><td>ins-1<td>Running',300)</script>";
    with_page(html, manners(), async |bench| {
        let cells = BTreeMap::from([("ID".to_owned(), at("{ column: ID }"))]);
        for (table, count) in
            [("#native tbody", 0), ("#aria .body", 0), ("#one tbody", 1), ("#wide tbody", 2), ("#mixed tbody", 1)]
        {
            let row = at(&format!("{{ role: row, within: {{ css: '{table}' }} }}"));
            let spot = || bench.visit.at("test page", &row);
            assert_eq!(spot().rows(&cells).await.expect("read").len(), count, "{table}");
            spot().should(Condition::Count(count)).await.expect(table);
        }
        let row = at("{ role: row, within: { css: '#late tbody' } }");
        let read = bench.visit.at("test page", &row).rows_when(1, &cells).await.expect("a row");
        assert_eq!(read[0]["ID"].as_deref(), Some("ins-1"));
    });
}

#[test]
fn tables_side_by_side_in_boxes_that_scroll_are_two() {
    let html = "<style>.h{float:left;width:300px;overflow-x:auto}table{width:600px}tr{height:40px}</style>\
        <div class=h><table><tr><th>ID<th>Do<tr><td>ins-1<td><button>Terminate</button></table></div>\
        <div class=h><table><tr><th>Name<th>State<tr><td>ins-2<td>Running</table></div>";
    with_page(html, impatient(), async |bench| {
        let of =
            |row: &str| at(&format!("{{ role: button, name: Terminate, within: {{ role: row, containing: {row} }} }}"));
        bench.visit.at("test page", &of("ins-2")).should(Condition::Absent).await.expect("another's");
        bench.visit.at("test page", &of("ins-1")).should(Condition::Visible).await.expect("its own");
    });
}
