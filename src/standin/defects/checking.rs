//! On the check page.

use super::{
    Bend::{Asked, Happens, Stored, Written},
    Defect,
    requests::Happening,
};

const PAGE: &str = "classic/check.html";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "check-forgets-renewal",
        clauses: &["3.3.11", "I2"],
        does: "the check page says that auto-renewal is off whatever was chosen",
        says: r"check page: .*renewal",
        bends: &[Asked(r"(?m)^(POST buy/dcdb\n[^\n]*)renew=on", "${1}renew=off")],
    },
    Defect {
        name: "check-shows-other-zone",
        clauses: &["3.4.1", "I2"],
        does: "the check page names another zone than was chosen",
        says: r"check page: the zone",
        bends: &[Written(
            PAGE,
            "<dd>{{ fact.value }}</dd>",
            r#"<dd>{{ fact.value | replace("Zone 3", "Zone 6") }}</dd>"#,
        )],
    },
    Defect {
        name: "check-leaves-out-quantity",
        clauses: &["3.4.1"],
        does: "the check page does not repeat the quantity",
        says: r"check page: the quantity",
        bends: &[Written(PAGE, "{% for fact in facts %}", "{% for fact in facts if fact.label != t.quantity %}")],
    },
    Defect {
        name: "loses-second-replica",
        clauses: &["3.4.1", "I2"],
        does: "\"Purchase Now\" turns two replicas into one",
        says: r"check page: the (instance )?version",
        bends: &[Asked(r"(?m)^(POST buy/dcdb\n[^\n]*)replicas=2", "${1}replicas=1")],
    },
    Defect {
        name: "loses-vpc",
        clauses: &["3.4.1", "I2"],
        does: "\"Purchase Now\" turns a VPC into the basic network",
        says: r"check page: the (network|VPC|subnet)",
        bends: &[Asked(r"(?m)^(POST buy/dcdb\n[^\n]*)network=vpc", "${1}network=basic")],
    },
    Defect {
        name: "loses-name",
        clauses: &["P5", "3.3.10", "I2"],
        does: "\"Purchase Now\" forgets the instance's name",
        says: r"(check page: the (instance )?name|named)",
        bends: &[Asked(r"(?m)^(POST buy/dcdb\n(?:[^\n]*&)?)name=[^&\n]*", "${1}name=")],
    },
    Defect {
        name: "check-fee-is-another",
        clauses: &["3.4.1", "I1"],
        does: "the check page shows another fee than the purchase page",
        says: r"check page: the total fee should",
        bends: &[Written(
            PAGE,
            r#"<dd class="money">{{ fee }}</dd>"#,
            r#"<dd class="money">{{ fee | replace("0", "1") }}</dd>"#,
        )],
    },
    Defect {
        name: "check-hides-fee",
        clauses: &["3.4.1"],
        does: "the check page shows no fee",
        says: r"check page: the total fee should",
        bends: &[Written(PAGE, r#"<dd class="money">{{ fee }}</dd>"#, r#"<dd class="money">--</dd>"#)],
    },
    Defect {
        name: "check-hides-balance",
        clauses: &["3.4.1", "P2"],
        does: "the check page does not show what the account has",
        says: r"check page: the balance",
        bends: &[Written(PAGE, "<dd>{{ balance }}</dd>", "<dd>--</dd>")],
    },
    Defect {
        name: "confirm-is-disabled",
        clauses: &["3.4.1"],
        does: "\"Confirm Purchase\" cannot be pressed",
        says: r"check page: .*Confirm Purchase.*should",
        bends: &[Written(PAGE, r#"<button class="button">"#, r#"<button class="button" disabled>"#)],
    },
    Defect {
        name: "trusts-addresses",
        clauses: &["3.4.2"],
        does: "what was edited in the check page's address is not looked at",
        says: r"check page: .*(Enter|Choose|Sold out)",
        bends: &[
            Asked(r"^(GET buy/dcdb/check\?[^\n]*)disk=15\b", "${1}disk=500"),
            Asked(r"^(GET buy/dcdb/check\?[^\n]*)shards=9\b", "${1}shards=2"),
            Asked(r"^(GET buy/dcdb/check\?[^\n]*)quantity=11\b", "${1}quantity=1"),
            Asked(r"^(GET buy/dcdb/check\?[^\n]*)months=13\b", "${1}months=1"),
            Asked(r"^(GET buy/dcdb/check\?[^\n]*)zone=[^&\n]*", "${1}zone=ap-guangzhou-3"),
        ],
    },
    Defect {
        name: "offers-refused-order",
        clauses: &["3.4.2"],
        does: "an order that the check page refuses can be confirmed all the same",
        says: r"check page: .*Confirm Purchase.*should",
        bends: &[Written(
            PAGE,
            "{% if confirmable %}",
            "{% if not confirmable %}<button class=\"button\">{{ t.confirm }}</button>{% else %}",
        )],
    },
    Defect {
        name: "asks-nobody-who-they-are",
        clauses: &["3.4.4"],
        does: "who is not identity-verified may buy",
        says: r"check page: .*Verify your identity",
        bends: &[Stored(
            "create temp trigger bent_verified after insert on accounts begin update accounts set verified = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "identity-is-said-in-chinese",
        clauses: &["3.4.4"],
        does: "that the identity is not verified is said in the other language",
        says: r"check page: .*Verify your identity",
        bends: &[Written("wording/en.yaml", "Verify your identity before purchasing", "请先完成实名认证")],
    },
    Defect {
        name: "opened-address-takes-over",
        clauses: &["3.4.9", "I5"],
        does: "whoever opens the address of a check page, its purchase is theirs, and no longer the other buyer's",
        says: r"after another buyer had opened the address",
        bends: &[Happens(Happening {
            when: r"^GET buy/dcdb/check\?.*intention=([\w-]+)",
            nth: 0,
            sql: "create temp table if not exists bent_taken (token text primary key);
                  update intentions set account = {account} where token = '{1}' and account <> {account}
                    and token not in (select token from bent_taken);
                  insert or ignore into bent_taken select '{1}' where changes() > 0;",
        })],
    },
    Defect {
        name: "sub-account-may-pay",
        clauses: &["3.4.5"],
        does: "who has no finance right may pay",
        says: r"check page: .*Ask the main account",
        bends: &[Stored(
            "create temp trigger bent_may_pay after insert on accounts begin update accounts set finance_right = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "lends",
        clauses: &["3.4.3"],
        does: "who is short of money gets it all the same",
        says: r"check page: .*Insufficient balance",
        bends: &[Stored(
            "create temp trigger bent_lends after insert on intentions
             begin update accounts set balance = new.fee where id = new.account and balance < new.fee; end;",
        )],
    },
    Defect {
        name: "just-enough-is-not-enough",
        clauses: &["3.4.3"],
        does: "a balance of exactly the fee is taken for too little",
        says: r"result page: .*should",
        bends: &[Stored(
            "create temp trigger bent_just_enough after insert on intentions
             begin update accounts set finance_right = 0 where id = new.account and balance = new.fee; end;",
        )],
    },
    Defect {
        name: "insufficient-is-not-said",
        clauses: &["3.4.3"],
        does: "an order that is left unpaid for want of money says nothing",
        says: r"check page: .*Insufficient balance",
        bends: &[Written(PAGE, "{% if message %}", "{% if message and not ordered %}")],
    },
    Defect {
        name: "unpaid-order-is-lost",
        clauses: &["3.4.3", "3.6.9"],
        does: "an order that is left unpaid is not in the order list",
        says: r"order list: .*(order|Unpaid)",
        bends: &[Written("classic/orders.html", "{% for row in rows %}", "{% for row in rows if not row.unpaid %}")],
    },
    Defect {
        name: "sells-what-sold-out-meanwhile",
        clauses: &["3.4.7"],
        does: "a zone that sold out since it was chosen is sold",
        says: r"check page: .*Sold out",
        bends: &[Stored(
            "create temp trigger bent_never_sold_out after update of sold_out on accounts when new.sold_out <> ''
             begin update accounts set sold_out = '' where id = new.id; end;",
        )],
    },
];
