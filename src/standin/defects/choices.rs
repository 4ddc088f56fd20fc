//! Among the choices of the purchase page.

use super::{
    Bend::{Asked, Refuses, Written},
    Defect,
};

const SCRIPT: &str = "classic/site.js";
const PAGE: &str = "classic/purchase.html";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "vpc-outlives-its-region",
        clauses: &["3.3.3", "3.3.30"],
        does: "a VPC that was chosen stays when another region is chosen, which has none of that name",
        says: r"VPC",
        bends: &[Written(
            SCRIPT,
            "fill(form.elements.vpc, place().vpcs);",
            "if (form.elements.network.value !== 'vpc') fill(form.elements.vpc, place().vpcs);",
        )],
    },
    Defect {
        name: "region-ends-renewal",
        clauses: &["3.3.30"],
        does: "auto-renewal is off again once another region is chosen",
        says: r"auto.renewal",
        bends: &[Written(
            SCRIPT,
            "fill(form.elements.zone, place().zones);",
            "fill(form.elements.zone, place().zones); form.elements.renew.checked = false;",
        )],
    },
    Defect {
        name: "recommends-for-good",
        clauses: &["3.3.24"],
        does: "the hint of a number of shards stays when another number is chosen",
        says: r"purchase page: .*shards are recommended",
        bends: &[Written(SCRIPT, "hint.textContent = answer.hint;", "hint.textContent ||= answer.hint;")],
    },
    Defect {
        name: "opens-with-a-year",
        clauses: &["3.3.14"],
        does: "twelve months are chosen beforehand",
        says: r"purchase page: period",
        bends: &[Asked(r"^GET buy/dcdb\n", "GET buy/dcdb?months=12\n")],
    },
    Defect {
        name: "opens-with-renewal",
        clauses: &["3.3.14", "3.3.11"],
        does: "auto-renewal is ticked beforehand",
        says: r"purchase page: auto renewal",
        bends: &[Asked(r"^GET buy/dcdb\n", "GET buy/dcdb?renew=on\n")],
    },
    Defect {
        name: "keeps-zone-of-other-region",
        clauses: &["3.3.15"],
        does: "another region leaves the zone of the one before",
        says: r"purchase page: zone",
        bends: &[Written(SCRIPT, "fill(form.elements.zone, place().zones);", "")],
    },
    Defect {
        name: "takes-last-zone",
        clauses: &["3.3.15"],
        does: "choosing a region takes its last zone",
        says: r"purchase page: zone",
        bends: &[Written(SCRIPT, "const first = options.find(", "const first = options.findLast(")],
    },
    Defect {
        name: "region-resets-disk",
        clauses: &["3.3.30"],
        does: "choosing a region sets the disk back",
        says: r"purchase page: disk",
        bends: &[Written(
            SCRIPT,
            "fill(form.elements.vpc, place().vpcs);",
            "fill(form.elements.vpc, place().vpcs);\n      form.elements.disk.value = 100;",
        )],
    },
    Defect {
        name: "region-resets-period",
        clauses: &["3.3.30"],
        does: "choosing a region sets the period back to a month",
        says: r"purchase page: period",
        bends: &[Written(
            SCRIPT,
            "fill(form.elements.vpc, place().vpcs);",
            "fill(form.elements.vpc, place().vpcs);\n      form.elements.months.value = 1;",
        )],
    },
    Defect {
        name: "back-forgets-period",
        clauses: &["3.4.11"],
        does: "\"Back\" leads to the purchase page with a period of a month",
        says: r"purchase page: period",
        bends: &[Written(
            "classic/check.html",
            r#"href="/dcdb?{{ query }}""#,
            r#"href="/dcdb?{{ query|replace('months=', 'x=') }}""#,
        )],
    },
    Defect {
        name: "quantity-resets-disk",
        clauses: &["I2"],
        does: "choosing how many instances sets the disk back that was chosen before",
        says: r"once all choices were made and priced, each should still be chosen",
        bends: &[Written(
            SCRIPT,
            "if (event.target.name === 'vpc') subnets();",
            "if (event.target.name === 'vpc') subnets();\n    if (event.target.name === 'quantity') form.elements.disk.value = 100;",
        )],
    },
    Defect {
        name: "sells-sold-out-zone",
        clauses: &["3.3.2"],
        does: "a zone that is sold out can be chosen",
        says: r"purchase page: zone .*not to be chosen",
        bends: &[Written(
            PAGE,
            r#"<option value="{{ zone.value }}"{% if zone.disabled %} disabled{% endif %}"#,
            r#"<option value="{{ zone.value }}""#,
        )],
    },
    Defect {
        name: "offers-full-subnet",
        clauses: &["3.3.32"],
        does: "a subnet without a free address can be chosen",
        says: r"purchase page: subnet .*not to be chosen",
        bends: &[
            Written(SCRIPT, "option.disabled = one.disabled;", "option.disabled = false;"),
            Written(PAGE, "{% if subnet.disabled %} disabled{% endif %}", ""),
        ],
    },
    Defect {
        name: "offers-vpc-of-other-region",
        clauses: &["3.3.3"],
        does: "the VPCs are those of the first region, whatever region is chosen",
        says: r"purchase page: (VPC|vpc|subnet)",
        bends: &[Written(SCRIPT, "fill(form.elements.vpc, place().vpcs);", "")],
    },
    Defect {
        name: "hides-vpc",
        clauses: &["3.3.3"],
        does: "a VPC cannot be chosen on the VPC network",
        says: r"purchase page: (VPC|vpc)",
        bends: &[Written(SCRIPT, "row.hidden = !wanted;", "row.hidden = true;")],
    },
    Defect {
        name: "sells-vpc-where-there-is-none",
        clauses: &["3.3.33"],
        does: "the VPC network can be bought in a region without a VPC",
        says: r"purchase page: .*No VPC in this region",
        bends: &[Refuses(|_, problems| problems.retain(|problem| problem.message != "no_vpc"))],
    },
    Defect {
        name: "opens-finance-region",
        clauses: &["3.3.31"],
        does: "a finance region can be chosen without approval",
        says: r"purchase page: .*Shanghai Finance.*should",
        bends: &[Written(PAGE, "{% if one.closed %} disabled{% endif %}", "")],
    },
    Defect {
        name: "closes-finance-region",
        clauses: &["3.3.31"],
        does: "a finance region cannot be chosen by whoever is approved for it",
        says: r"purchase page: .*Shanghai Finance.*should",
        bends: &[Written(
            PAGE,
            "{% if one.closed %} disabled{% endif %}",
            r#"{% if one.code == "ap-shanghai-fsi" %} disabled{% endif %}"#,
        )],
    },
    Defect {
        name: "sells-finance-edition",
        clauses: &["3.3.25"],
        does: "the Finance Edition can be chosen",
        says: r"purchase page: .*Finance Edition.*should",
        bends: &[Written(PAGE, r#"value="finance" disabled"#, r#"value="finance""#)],
    },
    Defect {
        name: "takes-nine-shards",
        clauses: &["3.3.6"],
        does: "the upper limit of the shards is off by one",
        says: r"purchase page: .*from 2 to 8",
        bends: &[Refuses(|chosen, problems| {
            problems.retain(|problem| problem.field != "shards" || chosen.shards != 9)
        })],
    },
    Defect {
        name: "takes-one-shard",
        clauses: &["3.3.6"],
        does: "the lower limit of the shards is off by one",
        says: r"purchase page: .*from 2 to 8",
        bends: &[Refuses(|chosen, problems| {
            problems.retain(|problem| problem.field != "shards" || chosen.shards != 1)
        })],
    },
    Defect {
        name: "refuses-eight-shards",
        clauses: &["3.3.6", "3.3.16"],
        does: "as many shards as are allowed are refused",
        says: r#"(?s)purchase page: .*(from 2 to 8|Purchase Now|total fee)"#,
        bends: &[Written(
            SCRIPT,
            "const query = choices();",
            "const query = choices();\n    if (query.get('shards') === '8') query.set('shards', '9');",
        )],
    },
    Defect {
        name: "clamps-shards",
        clauses: &["3.3.6", "3.3.16"],
        does: "a number of shards out of range is changed in silence",
        says: r"purchase page: .*(from 2 to 8|shard quantity)",
        bends: &[Written(
            SCRIPT,
            "form.addEventListener('change', (event) => {",
            "form.addEventListener('change', (event) => {\n    if (event.target.name === 'shards') event.target.value = Math.min(8, Math.max(2, Number(event.target.value)));",
        )],
    },
    Defect {
        name: "takes-disk-off-step",
        clauses: &["3.3.7"],
        does: "a disk between two steps can be bought",
        says: r"purchase page: .*in steps of 10 GB",
        bends: &[Refuses(|chosen, problems| {
            problems.retain(|problem| problem.field != "disk" || chosen.disk % 10 == 0)
        })],
    },
    Defect {
        name: "rounds-disk-in-silence",
        clauses: &["3.3.7", "3.3.16"],
        does: "a disk off its step is rounded without a word",
        says: r"purchase page: .*(in steps of 10 GB|disk)",
        bends: &[Written(
            SCRIPT,
            "form.addEventListener('change', (event) => {",
            "form.addEventListener('change', (event) => {\n    if (event.target.name === 'disk') event.target.value = Math.max(10, Math.round(event.target.value / 10) * 10);",
        )],
    },
    Defect {
        name: "takes-no-disk-at-all",
        clauses: &["3.3.7"],
        does: "a disk of 0 GB can be bought",
        says: r"purchase page: .*in steps of 10 GB",
        bends: &[Refuses(|chosen, problems| problems.retain(|problem| problem.field != "disk" || chosen.disk != 0))],
    },
    Defect {
        name: "largest-disk-is-that-of-the-smallest",
        clauses: &["3.3.7"],
        does: "no specification takes more than 500 GB",
        says: r#"purchase page: .*(Purchase Now|total fee|amount)"#,
        bends: &[Asked(r"^(GET buy/dcdb/price\?[^\n]*disk=)(?:1000|2000|3000|6000)\b", "${1}7000")],
    },
    Defect {
        name: "largest-disk-is-off-by-one-step",
        clauses: &["3.3.7"],
        does: "32 GB take one step of disk too much",
        says: r"purchase page: .*10 to 3000 GB",
        bends: &[Refuses(|chosen, problems| problems.retain(|problem| problem.field != "disk" || chosen.disk != 3010))],
    },
    Defect {
        name: "takes-eleven-at-once",
        clauses: &["3.3.8"],
        does: "the upper limit of the quantity is off by one",
        says: r"purchase page: .*from 1 to 10",
        bends: &[Refuses(|chosen, problems| {
            problems.retain(|problem| problem.field != "quantity" || chosen.quantity != 11)
        })],
    },
    Defect {
        name: "takes-none-at-all",
        clauses: &["3.3.8"],
        does: "a quantity of 0 can be bought",
        says: r"purchase page: .*from 1 to 10",
        bends: &[Refuses(|chosen, problems| {
            problems.retain(|problem| problem.field != "quantity" || chosen.quantity != 0)
        })],
    },
    Defect {
        name: "enter-does-nothing",
        clauses: &["3.3.21"],
        does: "Enter in a field commits nothing",
        says: r"purchase page: .*from 2 to 8",
        bends: &[Written(SCRIPT, "event.target.dispatchEvent(new Event('change', { bubbles: true }));", "")],
    },
    Defect {
        name: "takes-any-name",
        clauses: &["3.3.22"],
        does: "a name can be of any length",
        says: r"purchase page: .*At most 60 characters",
        bends: &[Refuses(|_, problems| problems.retain(|problem| problem.field != "name"))],
    },
    Defect {
        name: "writes-one-qps-for-all",
        clauses: &["3.3.23"],
        does: "all specifications are written with the QPS of the smallest",
        says: r"purchase page: shard specification",
        bends: &[Written("wording/en.yaml", r#""{0} GB, {1} QPS""#, r#""{0} GB, 1,880 QPS""#)],
    },
    Defect {
        name: "does-not-recommend",
        clauses: &["3.3.24"],
        does: "an odd number of shards brings no hint",
        says: r"purchase page: .*shards are recommended",
        bends: &[Written(SCRIPT, "hint.textContent = answer.hint;", "")],
    },
    Defect {
        name: "recommends-always",
        clauses: &["3.3.24"],
        does: "the hint stands there whatever number of shards is chosen",
        says: r"purchase page: .*shards are recommended",
        bends: &[Written(
            SCRIPT,
            "hint.textContent = answer.hint;",
            "hint.textContent = '2, 4 or 8 shards are recommended; other numbers spread data unevenly.';",
        )],
    },
    Defect {
        name: "sells-refused-number",
        clauses: &["3.3.16"],
        does: "\"Purchase Now\" stays enabled though a number is refused",
        says: r#"purchase page: .*Purchase Now.*should"#,
        bends: &[Written(SCRIPT, "go.disabled = !answer.fee;", "go.disabled = false;")],
    },
    Defect {
        name: "refuses-without-a-word",
        clauses: &["3.3.16"],
        does: "a refused number brings no message",
        says: r"purchase page: .*(from|in steps|whole number)",
        bends: &[Written(SCRIPT, "line.textContent = text;", "")],
    },
    Defect {
        name: "refusal-stays",
        clauses: &["3.3.16"],
        does: "the message of a refused number stays once it is mended",
        says: r"purchase page: .*from 2 to 8",
        bends: &[Written(SCRIPT, "line.textContent = text;", "if (text) line.textContent = text;")],
    },
    Defect {
        name: "offers-zones-of-all-regions",
        clauses: &["3.3.2", "3.3.15"],
        does: "zones of the region that was left stay on offer beside those of the chosen one",
        says: r"purchase page: .*Zone.*should not be on offer as",
        bends: &[Written(
            SCRIPT,
            "const place = () => places[form.elements.region.value] || { zones: [], vpcs: [] };",
            "const place = () => {\n    const one = places[form.elements.region.value];\n    return { ...one, zones: [...one.zones, ...Object.values(places).filter((other) => other !== one).flatMap((other) => other.zones)] };\n  };",
        )],
    },
    Defect {
        name: "offers-vpcs-of-all-regions",
        clauses: &["3.3.3"],
        does: "VPCs of other regions are on offer beside those of the chosen one",
        says: r"purchase page: .*vpc.*should not be on offer as",
        bends: &[Written(
            SCRIPT,
            "const place = () => places[form.elements.region.value] || { zones: [], vpcs: [] };",
            "const place = () => {\n    const one = places[form.elements.region.value];\n    return { ...one, vpcs: [...one.vpcs, ...Object.values(places).filter((other) => other !== one && one.vpcs.length).flatMap((other) => other.vpcs)] };\n  };",
        )],
    },
    Defect {
        name: "refuses-ten-at-once",
        clauses: &["3.3.8", "3.3.16"],
        does: "as many instances as are allowed at once are refused",
        says: r#"(?s)purchase page: .*(Purchase Now|total fee)"#,
        bends: &[Written(
            SCRIPT,
            "const query = choices();",
            "const query = choices();\n    if (query.get('quantity') === '10') query.set('quantity', '11');",
        )],
    },
    Defect {
        name: "refuses-a-name-of-sixty",
        clauses: &["3.3.22", "3.3.16"],
        does: "a name that is as long as names may be is refused",
        says: r"purchase page: .*(At most 60 characters|Purchase Now|total fee)",
        bends: &[Written(
            SCRIPT,
            "const query = choices();",
            "const query = choices();\n    if (query.get('name').length === 60) query.set('name', `${query.get('name')}.`);",
        )],
    },
    Defect {
        name: "names-beforehand",
        clauses: &["3.3.10"],
        does: "a name is given before the buyer gives one",
        says: r"purchase page: .*name",
        bends: &[Written(
            PAGE,
            r#"maxlength="200" value="{{ chosen.name }}""#,
            r#"maxlength="200" value="{{ chosen.name or 'instance' }}""#,
        )],
    },
    Defect {
        name: "has-no-nine-months",
        clauses: &["3.3.9"],
        does: "one of the periods cannot be chosen",
        says: r"purchase page: .*(period|months)",
        bends: &[Written(PAGE, "{% for one in periods %}", "{% for one in periods if one.months != 9 %}")],
    },
    Defect {
        name: "purchase-now-does-nothing",
        clauses: &["3.3.13", "P1"],
        does: "\"Purchase Now\" can be pressed and leads nowhere",
        says: r"check page: .*should",
        bends: &[Written(
            PAGE,
            r#"<form id="purchase" method="post" action="/dcdb""#,
            r#"<form id="purchase" method="post" action="/dcdb" onsubmit="return false""#,
        )],
    },
    Defect {
        name: "back-loses-choices",
        clauses: &["3.4.11"],
        does: "\"Back\" leads to the purchase page as it opens",
        says: r"purchase page: .*should",
        bends: &[Written("classic/check.html", r#"href="/dcdb?{{ query }}""#, r#"href="/dcdb""#)],
    },
];
