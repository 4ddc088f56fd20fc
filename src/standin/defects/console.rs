//! In the console: its menu, its list and its dialogs.

use super::{
    Bend::{Asked, Happens, Written},
    Defect,
    requests::Happening,
};

const SCRIPT: &str = "classic/site.js";
const ROWS: &str = "classic/rows.html";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "cancel-sends-what-was-chosen",
        clauses: &["3.6.7"],
        does: "\"Cancel\" closes the dialog and sends what was chosen in it",
        says: r"DCDB console: the status of .* should|Initialize.*should",
        bends: &[Written(
            SCRIPT,
            "addEventListener('click', () => dialog.close());",
            "addEventListener('click', () => { const form = dialog.querySelector('form'); fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) }); dialog.close(); });",
        )],
    },
    Defect {
        name: "refuses-and-initialises",
        clauses: &["3.6.7"],
        does: "what is not chosen is asked for, and the instance initialised all the same",
        says: r"DCDB console: .*(Initialize|status).*should",
        bends: &[Happens(Happening {
            when: r"^POST console/dcdb/initialise\n[^\n]*&table_names=([01])\n",
            nth: 0,
            sql: "update instances set initialised = delivered, running = delivered, character_set = 'utf8mb4', table_names = '0', sync_mode = '0' where account = {account};",
        })],
    },
    Defect {
        name: "overview-forgets-product",
        clauses: &["3.6.1", "P4"],
        does: "the overview's menu has no \"Distributed Database\"",
        says: r"console overview: .*Distributed Database.*should",
        bends: &[Written(
            "classic/overview.html",
            r#"<li><a href="{{ sites.console }}/dcdb">{{ t.distributed_database }}</a></li>"#,
            "",
        )],
    },
    Defect {
        name: "overview-leads-to-orders",
        clauses: &["3.6.1", "P4"],
        does: "the overview's \"Distributed Database\" leads to the orders",
        says: r"DCDB console: .*should",
        bends: &[Written(
            "classic/overview.html",
            r#"<a href="{{ sites.console }}/dcdb">"#,
            r#"<a href="{{ sites.console }}/expense/deal">"#,
        )],
    },
    Defect {
        name: "lists-under-every-region",
        clauses: &["3.6.2"],
        does: "an instance is listed under whatever region is looked at",
        says: r"DCDB console: .*No instances",
        bends: &[Happens(Happening {
            when: r"^GET console/dcdb\?region=(ap-guangzhou)",
            nth: 0,
            sql: "update instances set region = '{1}' where account = {account};",
        })],
    },
    Defect {
        name: "tab-counts-all",
        clauses: &["3.6.11"],
        does: "every region's tab counts the instances of the open one",
        says: r"DCDB console: .*(Guangzhou|Chengdu).*should",
        bends: &[Written(ROWS, "({{ tab.count }})", "({{ rows | length }})")],
    },
    Defect {
        name: "tab-counts-one-less",
        clauses: &["3.6.11"],
        does: "a region's tab counts one too few",
        says: r"DCDB console: .*Chengdu.*should",
        bends: &[Written(ROWS, "({{ tab.count }})", "({{ tab.count - 1 if tab.count > 1 else tab.count }})")],
    },
    Defect {
        name: "empty-is-not-said",
        clauses: &["3.6.4"],
        does: "a region without instances says nothing",
        says: r"DCDB console: .*No instances",
        bends: &[Written(ROWS, r#"{% if not rows %}<p class="empty">{{ t.no_instances }}</p>{% endif %}"#, "")],
    },
    Defect {
        name: "list-does-not-renew",
        clauses: &["3.6.3"],
        does: "the list stays as it was when it was opened",
        says: r"(?s)DCDB console: .*Uninitialized",
        bends: &[Written(SCRIPT, "if (passing()) timer = setTimeout(renew, 500);", "")],
    },
    Defect {
        name: "offers-to-initialise-too-early",
        clauses: &["3.6.3", "3.6.6"],
        does: "\"Initialize\" is offered while the instance is being delivered",
        says: r"DCDB console: .*Initialize.*should",
        bends: &[Written(
            ROWS,
            "{% if row.can_initialise %}",
            r#"{% if row.can_initialise or row.mood == "status_creating" %}"#,
        )],
    },
    Defect {
        name: "offers-to-initialise-again",
        clauses: &["3.6.6"],
        does: "\"Initialize\" is offered of a running instance",
        says: r"DCDB console: .*Initialize.*should",
        bends: &[Written(
            ROWS,
            "{% if row.can_initialise %}",
            r#"{% if row.can_initialise or row.mood == "status_running" %}"#,
        )],
    },
    Defect {
        name: "does-not-offer-return",
        clauses: &["3.6.6"],
        does: "an instance that is not initialised cannot be returned",
        says: r"DCDB console: .*(Return|Terminate).*should",
        bends: &[Written(ROWS, "{% if row.can_return %}", "{% if row.can_return and not row.can_initialise %}")],
    },
    Defect {
        name: "takes-character-set-for-granted",
        clauses: &["3.6.7"],
        does: "an instance is initialised without a character set",
        says: r"DCDB console: .*Choose a character set",
        bends: &[Asked(r"(?m)^(POST console/dcdb/initialise\n[^\n]*character_set=)(&|$)", "${1}utf8${2}")],
    },
    Defect {
        name: "takes-table-names-for-granted",
        clauses: &["3.6.7"],
        does: "an instance is initialised without a word on table names",
        says: r"DCDB console: .*Choose whether table names",
        bends: &[Asked(r"(?m)^(POST console/dcdb/initialise)\n", "${1}\ntable_names=0&")],
    },
    Defect {
        name: "takes-sync-mode-for-granted",
        clauses: &["3.6.7"],
        does: "an instance is initialised without a sync mode",
        says: r"DCDB console: .*Choose a sync mode",
        bends: &[Asked(r"(?m)^(POST console/dcdb/initialise)\n", "${1}\nsync_mode=0&")],
    },
    Defect {
        name: "lacks-a-character-set",
        clauses: &["3.6.7"],
        does: "gbk is not offered",
        says: r"(?s)DCDB console: .*gbk",
        bends: &[Written(
            "classic/console.html",
            "{% for one in character_sets %}",
            r#"{% for one in character_sets if one != "gbk" %}"#,
        )],
    },
    Defect {
        name: "cancel-initialises",
        clauses: &["3.6.7"],
        does: "\"Cancel\" in the dialog initialises the instance",
        says: r"DCDB console: .*Initialize.*should",
        bends: &[Written(
            SCRIPT,
            "addEventListener('click', () => dialog.close());",
            "addEventListener('click', async () => { const form = dialog.querySelector('form'); await fetch(form.action, { method: 'POST', body: new URLSearchParams({ csrf: form.elements.csrf.value, instance: form.elements.instance.value, character_set: 'utf8', table_names: '0', sync_mode: '0' }) }); await renew(); dialog.close(); });",
        )],
    },
    Defect {
        name: "dialog-does-not-close",
        clauses: &["3.6.7"],
        does: "\"Cancel\" leaves the dialog open",
        says: r"DCDB console: .*should",
        bends: &[Written(
            SCRIPT,
            "addEventListener('click', () => dialog.close());",
            "addEventListener('click', () => {});",
        )],
    },
    Defect {
        name: "offers-strong-sync-to-one-replica",
        clauses: &["3.6.12"],
        does: "strong sync that cannot be downgraded can be chosen with one replica",
        says: r"DCDB console: .*(Strong sync|sync).*should",
        bends: &[Written(SCRIPT, "strong.disabled = row.dataset.replicas !== '2';", "strong.disabled = false;")],
    },
    Defect {
        name: "offers-strong-sync-to-nobody",
        clauses: &["3.6.12"],
        does: "strong sync that cannot be downgraded cannot be chosen with two replicas",
        says: r"DCDB console: .*(Strong sync|sync).*should",
        bends: &[Written(SCRIPT, "strong.disabled = row.dataset.replicas !== '2';", "strong.disabled = true;")],
    },
    Defect {
        name: "returns-without-consent",
        clauses: &["3.6.8"],
        does: "an instance is returned without consent",
        says: r"DCDB console: .*Give your consent",
        bends: &[Asked(r"(?m)^(POST console/dcdb/return)\n", "${1}\nconsent=on&")],
    },
    Defect {
        name: "consent-is-asked-in-chinese",
        clauses: &["3.6.8"],
        does: "that consent is missing is said in the other language",
        says: r"DCDB console: .*Give your consent",
        bends: &[Written("wording/en.yaml", "Give your consent first.", "请先勾选同意。")],
    },
];
