//! The component libraries that consoles are built of, driven by locators as a profile has them. Nightly: they come from npm.
//!
//! Each page has ten boxes with a linked agreement, a select, a text and a number field, a table with fixed columns, and a
//! dialog: `tests/libraries/`.

use std::collections::BTreeMap;

use dcdb_purchase_e2e::{browser::Condition, target::Text};

use crate::{
    bench::{Bench, at, manners, with_page},
    bundle::{bundled, packages},
};

/// Where a library has things otherwise than most.
struct Library {
    source: &'static str,
    region: &'static str,
    option: &'static str,
    name: &'static str,
    quantity: &'static str,
    dialog: &'static str,
}

const OPTION: &str = "{ role: option, name: Shanghai }";
const DIALOG: &str = "{ role: dialog, name: Return the instance }";

const LIBRARIES: [Library; 5] = [
    Library {
        source: "antd.jsx",
        region: "{ role: combobox, name: Region }",
        option: "{ text: Shanghai, within: { css: .ant-select-dropdown } }",
        name: "{ label: Name }",
        quantity: "{ label: Quantity }",
        dialog: DIALOG,
    },
    Library {
        source: "element-plus.js",
        // Its placeholder lies over the input.
        region: "{ css: .el-select__wrapper }",
        option: OPTION,
        name: "{ label: Name }",
        quantity: "{ label: Quantity }",
        dialog: DIALOG,
    },
    Library {
        source: "tdesign.jsx",
        region: "{ css: .t-select__wrap .t-input }",
        option: "{ text: Shanghai, within: { css: .t-select__dropdown } }",
        name: "{ css: 'input[placeholder=\"Name of it\"]' }",
        quantity: "{ css: .t-input-number input }",
        dialog: "{ css: .t-dialog }",
    },
    Library {
        source: "mui.jsx",
        region: "{ role: combobox, name: Region }",
        option: OPTION,
        name: "{ label: Name }",
        quantity: "{ label: Quantity }",
        dialog: DIALOG,
    },
    Library {
        source: "tea.jsx",
        region: "{ css: .tea-dropdown__header }",
        option: "{ text: Shanghai, within: { css: .tea-dropdown-box } }",
        name: "{ css: 'input[placeholder=\"Name of it\"]' }",
        quantity: "{ css: .tea-inputnum input }",
        dialog: "{ css: .tea-dialog__inner }",
    },
];

async fn drive(bench: &Bench, library: &Library) -> anyhow::Result<()> {
    let spot = |locator: &str| bench.visit.at("test page", Box::leak(Box::new(at(locator))));
    for number in 1..=10 {
        let agreement = spot(&format!("{{ role: checkbox, name: I agree to Agreement {number} }}"));
        agreement.click().await?;
        agreement.should(Condition::Checked).await?;
    }
    spot(library.region).click().await?;
    spot(library.option).click().await?;
    spot(library.option).should(Condition::Absent).await?;
    spot(library.name).fill("orders").await?;
    spot(library.quantity).fill("3").await?;
    spot(library.quantity).should(Condition::Value(Text::from("3"))).await?;
    let cells: BTreeMap<String, _> =
        ["ID", "Status", "Zone"].map(|heading| (heading.to_owned(), at(&format!("{{ column: {heading} }}")))).into();
    let rows = spot("{ role: row, containing: dcdbt- }").rows_when(2, &cells).await?;
    let read: Vec<Vec<Option<&str>>> =
        rows.iter().map(|row| row.values().map(|cell| cell.as_deref()).collect()).collect();
    let expected =
        [[Some("dcdbt-1"), Some("Running"), Some("Zone 3")], [Some("dcdbt-2"), Some("Isolated"), Some("Zone 4")]];
    assert_eq!(read, expected.map(Vec::from), "{}", library.source);
    spot("{ role: button, name: Return, within: { role: row, containing: dcdbt-2 } }").click().await?;
    spot("{ css: '#said' }").should(Condition::Shows(Text::from("returned dcdbt-2"))).await?;
    spot("{ role: button, name: Terminate }").click().await?;
    spot(library.dialog).should(Condition::Visible).await?;
    spot(&format!("{{ role: button, name: Return now, within: {} }}", library.dialog)).click().await?;
    spot("{ css: '#said' }").should(Condition::Shows(Text::from("confirmed"))).await?;
    spot(library.dialog).should(Condition::Absent).await?;
    // None of the clicks followed the link that is in each label.
    spot("{ css: 'body:not(:has(:target))' }").should(Condition::Visible).await
}

#[test]
#[ignore = "nightly: fetches half a gigabyte of packages"]
fn boxes_selects_fields_tables_and_dialogs_of_component_libraries_are_driven_by_locators() {
    let Some(packages) = packages() else { return };
    let mut failed = Vec::new();
    for library in &LIBRARIES {
        let (script, style) = bundled(&packages, library.source);
        let script = script.replace("</script", "<\\/script");
        let html = format!("<style>{style}</style><p id=left>left</p><div id=page></div><script>{script}</script>");
        with_page(html.leak(), manners(), async |bench| {
            if let Err(error) = drive(bench, library).await {
                failed.push(format!("{}: {error:#}", library.source));
            }
        });
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
