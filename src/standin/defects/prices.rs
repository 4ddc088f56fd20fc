//! In what things cost, and in how that is shown.

use super::{
    Bend::{Costs, Stored, Written},
    Defect,
};
use crate::standin::{
    configuration::Configuration,
    price::{Price, price},
};

const SCRIPT: &str = "classic/site.js";
const TOTAL: &str = r"the total fee should";

/// The price as if something else had been chosen.
fn as_if(chosen: &Configuration, percent: i64, change: fn(&mut Configuration), otherwise: Price) -> Price {
    let mut other = chosen.clone();
    change(&mut other);
    price(&other, percent).unwrap_or(otherwise)
}

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "sells-at-the-price-before",
        clauses: &["3.3.28", "3.3.12"],
        does: "while a later choice is priced, the price of before stands there and can be bought at",
        says: r"purchase page: .*(Calculating|Purchase Now)",
        bends: &[Written(
            SCRIPT,
            "fee.textContent = form.dataset.calculating;\n    original.hidden = true;\n    retry.hidden = true;\n    go.disabled = true;",
            "if (mine === 1) { fee.textContent = form.dataset.calculating; go.disabled = true; }\n    retry.hidden = true;",
        )],
    },
    Defect {
        name: "later-price-failure-is-not-said",
        clauses: &["3.3.29"],
        does: "that a price cannot be had is said of the first one only",
        says: r"purchase page: .*Price unavailable",
        bends: &[Written(
            SCRIPT,
            "fee.textContent = form.dataset.unavailable;",
            "if (mine > 1) return;\n      fee.textContent = form.dataset.unavailable;",
        )],
    },
    Defect {
        name: "strikes-through-for-good",
        clauses: &["3.3.27"],
        does: "what was struck through for a year stands there for eleven months as well",
        says: r"undiscounted fee.*should",
        bends: &[
            Written(SCRIPT, "original.hidden = true;", ""),
            Written(SCRIPT, "original.hidden = !answer.original;", "if (answer.original) original.hidden = false;"),
            Written(SCRIPT, "original.textContent = answer.original || '';", "original.textContent ||= answer.original || '';"),
        ],
    },
    Defect {
        name: "price-forgets-quantity",
        clauses: &["3.3.12", "3.3.17", "3.3.8"],
        does: "several cost as much as one",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| as_if(chosen, account.price_percent, |one| one.quantity = 1, price))],
    },
    Defect {
        name: "price-forgets-replicas",
        clauses: &["3.3.17"],
        does: "a second replica costs nothing",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| as_if(chosen, account.price_percent, |one| one.replicas = 1, price))],
    },
    Defect {
        name: "price-forgets-shards",
        clauses: &["3.3.17", "3.3.12"],
        does: "more than two shards cost nothing",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| as_if(chosen, account.price_percent, |one| one.shards = 2, price))],
    },
    Defect {
        name: "price-of-32-gb-is-of-16",
        clauses: &["3.3.17", "3.3.12"],
        does: "one shard specification costs as much as the one below",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| if chosen.memory == 32 { as_if(chosen, account.price_percent, |one| one.memory = 16, price) } else { price })],
    },
    Defect {
        name: "ninth-month-is-free",
        clauses: &["3.3.9", "3.3.17"],
        does: "one of the periods costs as much as the one below",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| if chosen.months == 9 { as_if(chosen, account.price_percent, |one| one.months = 8, price) } else { price })],
    },
    Defect {
        name: "price-forgets-months",
        clauses: &["3.3.9", "3.3.17"],
        does: "less than a year costs as much as a month",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| if chosen.months < 12 { as_if(chosen, account.price_percent, |one| one.months = 1, price) } else { price })],
    },
    Defect {
        name: "price-forgets-disk",
        clauses: &["3.3.19", "3.3.17"],
        does: "only the first 100 GB of disk cost anything",
        says: r"should (be|show).*1,015\.20",
        bends: &[Costs(|chosen, account, price| as_if(chosen, account.price_percent, |one| one.disk = one.disk.min(100), price))],
    },
    Defect {
        name: "price-of-guangzhou-everywhere",
        clauses: &["3.3.18"],
        does: "every region has the prices of the first",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| as_if(chosen, account.price_percent, |one| one.region = "ap-guangzhou".into(), price))],
    },
    Defect {
        name: "price-of-hong-kong-is-old",
        clauses: &["3.3.18"],
        does: "one region still has last year's prices",
        says: TOTAL,
        bends: &[Costs(|chosen, _, price| if chosen.region == "ap-hongkong" { Price { original: price.original * 97 / 100, fee: price.fee * 97 / 100 } } else { price })],
    },
    Defect {
        name: "price-is-one-fen-off",
        clauses: &["3.3.19", "3.3.17"],
        does: "everything costs one fen too much",
        says: r"should (be|show).*1,015\.20",
        bends: &[Costs(|_, _, price| Price { original: price.original + 1, fee: price.fee + 1 })],
    },
    Defect {
        name: "price-rounds-each",
        clauses: &["3.3.17"],
        does: "the price of one is rounded, and then multiplied",
        says: TOTAL,
        bends: &[Costs(|chosen, account, price| {
            let one = as_if(chosen, account.price_percent, |one| one.quantity = 1, price);
            Price { original: one.original * chosen.quantity, fee: one.fee * chosen.quantity }
        })],
    },
    Defect {
        name: "discount-is-missing",
        clauses: &["3.3.26"],
        does: "a year costs twelve months",
        says: TOTAL,
        bends: &[Costs(|_, _, price| Price { fee: price.original, ..price })],
    },
    Defect {
        name: "discount-in-first-year-only",
        clauses: &["3.3.26"],
        does: "three years are not discounted",
        says: TOTAL,
        bends: &[Costs(|chosen, _, price| if chosen.months > 12 { Price { fee: price.original, ..price } } else { price })],
    },
    Defect {
        name: "discount-is-of-another-season",
        clauses: &["3.3.26"],
        does: "a year costs × 0.85",
        says: TOTAL,
        bends: &[Costs(|chosen, _, price| if chosen.months >= 12 { Price { fee: (price.original * 85 + 50) / 100, ..price } } else { price })],
    },
    Defect {
        name: "discount-begins-a-month-early",
        clauses: &["3.3.9", "3.3.26", "3.3.27"],
        does: "eleven months are discounted",
        says: TOTAL,
        bends: &[Costs(|chosen, _, price| if chosen.months == 11 { Price { fee: (price.original * 83 + 50) / 100, ..price } } else { price })],
    },
    Defect {
        name: "strikes-through-always",
        clauses: &["3.3.27"],
        does: "a price is struck through though nothing is saved",
        says: r"undiscounted fee.*should",
        bends: &[
            Written(SCRIPT, "original.hidden = !answer.original;", "original.hidden = !answer.fee;"),
            Written(SCRIPT, "original.textContent = answer.original || '';", "original.textContent = answer.original || answer.fee || '';"),
        ],
    },
    Defect {
        name: "strikes-nothing-through",
        clauses: &["3.3.27"],
        does: "what a discount saves is not shown",
        says: r"undiscounted fee.*should",
        bends: &[Written(SCRIPT, "original.hidden = !answer.original;", "original.hidden = true;")],
    },
    Defect {
        name: "price-of-the-choice-before",
        clauses: &["3.3.12"],
        does: "the fee is always that of the choice before",
        says: r"total fee should|price (\(I1\)|has changed)",
        bends: &[Written(
            SCRIPT,
            "fee.textContent = answer.fee || '--';",
            "fee.textContent = window.before || answer.fee || '--';\n    window.before = answer.fee;",
        )],
    },
    Defect {
        name: "does-not-reprice-quantity",
        clauses: &["3.3.12"],
        does: "another quantity leaves the fee as it was",
        says: r"total fee should|price (\(I1\)|has changed)",
        bends: &[Written(SCRIPT, "if (choices().toString() !== priced) price();", "if (event.target.name !== 'quantity' && choices().toString() !== priced) price();")],
    },
    Defect {
        name: "does-not-reprice-region",
        clauses: &["3.3.18", "3.3.1", "3.3.12"],
        does: "another region leaves the fee as it was",
        says: TOTAL,
        bends: &[Written(SCRIPT, "if (choices().toString() !== priced) price();", "if (event.target.name !== 'region' && choices().toString() !== priced) price();")],
    },
    Defect {
        name: "answers-come-in-the-wrong-order",
        clauses: &["3.3.12", "I1"],
        does: "an older price that comes late replaces a newer one",
        says: r"total fee should|price (\(I1\)|has changed)",
        bends: &[
            Written(SCRIPT, "if (mine !== asked) return; // a newer question is under way, or answered\n    // To the login", "// To the login"),
            Written(SCRIPT, "if (response.ok) answer = await response.json();", "if (response.ok) answer = await response.json();\n      if (mine % 2) await new Promise((done) => setTimeout(done, 300));"),
        ],
    },
    Defect {
        name: "sells-while-calculating",
        clauses: &["3.3.28"],
        does: "\"Purchase Now\" is enabled before the price is known",
        says: r#"purchase page: .*Purchase Now.*should"#,
        bends: &[
            Written(SCRIPT, "retry.hidden = true;\n    go.disabled = true;", "retry.hidden = true;\n    go.disabled = false;"),
        ],
    },
    Defect {
        name: "shows-zero-while-calculating",
        clauses: &["3.3.28"],
        does: "the fee is ¥0.00 until the price is known",
        says: r"purchase page: .*(Calculating|total fee)",
        bends: &[Written("wording/en.yaml", "calculating: Calculating…", "calculating: ¥0.00")],
    },
    Defect {
        name: "price-failure-is-not-said",
        clauses: &["3.3.29"],
        does: "a price that cannot be had leaves \"Calculating…\" for good",
        says: r"purchase page: .*Price unavailable",
        bends: &[Written(SCRIPT, "fee.textContent = form.dataset.unavailable;", "")],
    },
    Defect {
        name: "retry-does-nothing",
        clauses: &["3.3.29"],
        does: "the price cannot be asked for again",
        says: r"total fee should",
        bends: &[Written(SCRIPT, "retry.addEventListener('click', price);", "")],
    },
    Defect {
        name: "retry-is-not-offered",
        clauses: &["3.3.29"],
        does: "nothing is there to ask for the price again by",
        says: r"purchase page: .*[Rr]etry.*should",
        bends: &[Written(SCRIPT, "retry.hidden = false;", "")],
    },
    Defect {
        name: "price-change-comes-late",
        clauses: &["3.4.6"],
        does: "a price list that changed is not looked at before the next day",
        says: r"(?s)check page: .*price has changed",
        bends: &[Stored(
            "create temp trigger bent_price_comes_late after update of price_percent on accounts when new.price_percent <> 100
             begin update accounts set price_percent = 100 where id = new.id; end;",
        )],
    },
    Defect {
        name: "price-change-is-not-said",
        clauses: &["3.4.6"],
        does: "a price that changed is shown anew and nothing is said",
        says: r"check page: .*price has changed",
        bends: &[Written("wording/en.yaml", "price_changed: The price has changed. Confirm again.", "price_changed: Confirm again.")],
    },
];
