//! On the home page, the product page and the way from them.

use super::{
    Bend::{Asked, Written},
    Defect,
};

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "menu-leads-home",
        clauses: &["3.1.1", "E1.1"],
        does: "the menu's \"Distributed Database\" leads back to the home page",
        says: "product page: .*should (open|be)",
        bends: &[Written("classic/home.html", "{{ sites.portal }}/product/dcdb", "{{ sites.portal }}/#dcdb")],
    },
    Defect {
        name: "menu-forgets-product",
        clauses: &["3.1.1", "E1.1"],
        does: "the list under \"Database\" has no \"Distributed Database\"",
        says: r#"home page: .*"Distributed Database".*should"#,
        bends: &[Written(
            "classic/home.html",
            r#"<li><a href="{{ sites.portal }}/product/dcdb">{{ t.distributed_database }}</a></li>"#,
            "",
        )],
    },
    Defect {
        name: "menu-never-opens",
        clauses: &["3.1.1", "E1.1"],
        does: "hovering \"Products\" opens nothing",
        says: r"home page: .*(Database|Products).*should",
        bends: &[Written("classic/site.css", ".menu .level:hover > .panel, .menu .level:has", ".menu .level:has")],
    },
    Defect {
        name: "menu-stays-open",
        clauses: &["3.1.3"],
        does: "a menu that was opened stays open when the pointer leaves it",
        says: r"home page: .*Distributed Database.*should (not be|be gone|disappear|no longer)",
        bends: &[Written(
            "classic/site.js",
            "const form = document.getElementById('purchase');",
            "for (const level of document.querySelectorAll('.level')) level.addEventListener('mouseenter', () => { level.querySelector('.panel').style.display = 'block'; });\nconst form = document.getElementById('purchase');",
        )],
    },
    Defect {
        name: "product-opens-in-same-tab",
        clauses: &["E1.2"],
        does: "\"Purchase Now\" on the product page opens no new tab",
        says: "new tab",
        bends: &[Written("classic/product.html", r#" target="_blank" rel="noopener""#, "")],
    },
    Defect {
        name: "product-leads-to-console",
        clauses: &["E1.2"],
        does: "\"Purchase Now\" on the product page leads to the console",
        says: "purchase page: .*should",
        bends: &[Written("classic/product.html", "{{ sites.buy }}/dcdb", "{{ sites.console }}/dcdb")],
    },
    Defect {
        name: "product-link-is-dead",
        clauses: &["E1.2"],
        does: "\"Purchase Now\" on the product page leads to a page that is not there any more",
        says: "(?s)purchase page.*404",
        bends: &[Written("classic/product.html", "{{ sites.buy }}/dcdb", "{{ sites.buy }}/dcdb_legacy")],
    },
    Defect {
        name: "new-opens-in-same-tab",
        clauses: &["E2.1"],
        does: "\"New\" in the console opens no new tab",
        says: "new tab",
        bends: &[Written("classic/console.html", r#" target="_blank" rel="noopener">{{ t.new }}"#, ">{{ t.new }}")],
    },
    Defect {
        name: "new-leads-to-orders",
        clauses: &["E2.1"],
        does: "\"New\" in the console leads to the orders",
        says: "purchase page: .*should",
        bends: &[Written("classic/console.html", "{{ sites.buy }}/dcdb", "{{ sites.console }}/expense/deal")],
    },
    Defect {
        name: "greets-nobody",
        clauses: &["3.1.2"],
        does: "the header does not say who is logged in",
        says: r"home page: .*should",
        bends: &[Written(
            "classic/layout.html",
            r#"<span class="account">{{ account }}</span>"#,
            r#"<span class="account">***</span>"#,
        )],
    },
    Defect {
        name: "product-page-is-another",
        clauses: &["3.1.1", "E1.1"],
        does: "the product page is that of another product",
        says: r"product page: .*Distributed Cloud Database",
        bends: &[Written(
            "wording/en.yaml",
            "product_title: Distributed Cloud Database",
            "product_title: Cloud Database",
        )],
    },
    Defect {
        name: "note-is-missing",
        clauses: &["N1"],
        does: "the purchase page does not say that regions cannot communicate",
        says: "purchase page: .*different regions cannot",
        bends: &[Written("classic/purchase.html", r#"<p class="note">{{ t.region_note }}</p>"#, "")],
    },
    Defect {
        name: "note-goes-with-the-region",
        clauses: &["3.3.1", "N1"],
        does: "the note on regions disappears once another region is chosen",
        says: "purchase page: .*different regions cannot",
        bends: &[Written(
            "classic/site.js",
            "fill(form.elements.zone, place().zones);",
            "fill(form.elements.zone, place().zones);\n      form.querySelector('.note').hidden = true;",
        )],
    },
    Defect {
        name: "documents-are-swapped",
        clauses: &["3.3.5", "3.3.4", "N2"],
        does: "the links to two documents of the note lead to each other's",
        says: r"document.*should",
        bends: &[
            Written("classic/purchase.html", "/557/9347", "/237/0"),
            Written("classic/purchase.html", "/237/6918", "/557/9347"),
            Written("classic/purchase.html", "/237/0", "/237/6918"),
        ],
    },
    Defect {
        name: "document-link-is-dead",
        clauses: &["3.3.20", "N2"],
        does: "the link to the Product Price document leads nowhere",
        says: r"(?s)document.*should be found.*404",
        bends: &[Asked("^GET portal/document/product/237/2034", "GET portal/document/product/237/2034-old")],
    },
];
