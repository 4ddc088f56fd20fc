//! In what a confirmation comes to: orders, charges, and who sees them.

use super::{
    Bend::{Happens, Stored, Written},
    Defect,
    requests::Happening,
};

/// The account's latest paid order is there once more, and paid once more.
const AGAIN: &str = "
    insert into orders (number, account, content, amount, quantity, months, created, state)
      select printf('%d', cast(number as integer) + 1), account, content, amount, quantity, months, created, state
      from orders where account = {account} and state = 'paid' order by number desc limit 1;
    update accounts set balance = balance - coalesce((select amount from orders where account = {account} and state = 'paid' limit 1), 0)
      where id = {account};";

/// What the account was about to buy is ordered and paid, beside whatever else comes of it.
const ANEW: &str = "
    insert into orders (number, account, content, amount, quantity, months, created, state)
      select printf('%d', coalesce((select max(cast(number as integer)) from orders), 20990101100000) + 1), account, content, fee, 1, 1, strftime('%s') * 1000, 'paid'
      from intentions where account = {account} order by rowid desc limit 1;
    update accounts set balance = balance - (select fee from intentions where account = {account} order by rowid desc limit 1)
      where id = {account};";

/// What was confirmed is forgotten, so that confirming it again is confirming it for the first time.
const FORGET: &str = "update intentions set order_number = null
    where account = {account} and order_number in (select order_number from charges);";

const PAGE: &str = "classic/check.html";
const ORDERS: &str = r"(?s)order list: .*orders in all|\(I3";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "buys-the-newest-draft",
        clauses: &["3.4.9", "3.4.10", "I2"],
        does: "what is confirmed is what was chosen last, in whatever tab",
        says: r"(?s)DCDB console: .*configuration|\(I2\)|\(I1\)",
        bends: &[Stored(
            "create temp trigger bent_draft after insert on orders begin update orders set content = (select content from intentions where account = new.account order by rowid desc limit 1) where number = new.number; end;",
        )],
    },
    Defect {
        name: "double-click-orders-twice",
        clauses: &["3.4.8", "I3"],
        does: "two clicks on \"Confirm Purchase\" are two orders",
        says: ORDERS,
        bends: &[
            Written(
                PAGE,
                r#"<button class="button">"#,
                r#"<button class="button" onclick="if (event.detail > 1) fetch('/dcdb/price?pressed=twice', { keepalive: true })">"#,
            ),
            Happens(Happening { when: r"^GET buy/dcdb/price\?pressed=twice", nth: 0, sql: ANEW }),
        ],
    },
    Defect {
        name: "enter-orders-as-well",
        clauses: &["3.4.8", "I3"],
        does: "a click on \"Confirm Purchase\" and Enter are two orders",
        says: ORDERS,
        bends: &[
            Written(
                PAGE,
                r#"<button class="button">"#,
                r#"<button class="button" onkeydown="fetch('/dcdb/price?pressed=key', { keepalive: true })">"#,
            ),
            Happens(Happening { when: r"^GET buy/dcdb/price\?pressed=key", nth: 0, sql: ANEW }),
        ],
    },
    Defect {
        name: "reload-orders-again",
        clauses: &["3.4.9", "I3"],
        does: "reloading the result page orders and charges again",
        says: ORDERS,
        bends: &[Happens(Happening { when: r"^GET buy/dcdb/result/\d+", nth: 2, sql: AGAIN })],
    },
    Defect {
        name: "second-tab-orders-again",
        clauses: &["3.4.9", "I3"],
        does: "confirming the same check page in a second tab orders again",
        says: ORDERS,
        bends: &[Happens(Happening { when: r"^POST buy/dcdb/confirm\n[^\n]*", nth: 2, sql: FORGET })],
    },
    Defect {
        name: "lost-reply-orders-again",
        clauses: &["3.4.9", "I3"],
        does: "opening the check page again after a lost reply orders and charges again",
        says: ORDERS,
        bends: &[Happens(Happening { when: r"^GET buy/dcdb/check\?[^\n]*\n\n$", nth: 0, sql: AGAIN })],
    },
    Defect {
        name: "unpaid-order-is-made-twice",
        clauses: &["3.4.9", "3.4.3", "I3"],
        does: "confirming an unpaid order again makes another",
        says: ORDERS,
        bends: &[Happens(Happening {
            when: r"^POST buy/dcdb/confirm",
            nth: 2,
            sql: "update intentions set order_number = null where account = {account} and message = 'insufficient';",
        })],
    },
    Defect {
        name: "new-purchase-is-the-old-one",
        clauses: &["3.4.10"],
        does: "the same thing bought again leads to the order of before",
        says: r"(?s)result page.*|check page: .*should",
        bends: &[Stored(
            "create temp trigger bent_old_one after insert on intentions
             begin update intentions set order_number = (select number from orders where account = new.account and content = new.content and state = 'paid' limit 1) where token = new.token; end;",
        )],
    },
    Defect {
        name: "charges-twice",
        clauses: &["I3", "I1", "3.3.19"],
        does: "one order is charged twice",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_twice after insert on charges
             begin update accounts set balance = balance - new.amount where id = new.account; end;",
        )],
    },
    Defect {
        name: "charges-one-fen-more",
        clauses: &["3.3.19", "I1"],
        does: "one fen more is taken than was shown",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_one_more after insert on charges
             begin update accounts set balance = balance - 1 where id = new.account; end;",
        )],
    },
    Defect {
        name: "charges-nothing",
        clauses: &["3.3.19", "I1"],
        does: "what is bought is not paid",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_nothing after insert on charges
             begin update accounts set balance = balance + new.amount where id = new.account; end;",
        )],
    },
    Defect {
        name: "orders-at-another-price",
        clauses: &["3.5.1", "I1"],
        does: "the order is of another amount than was shown",
        says: r"result page: the amount.*should",
        bends: &[Stored(
            "create temp trigger bent_another_price after insert on charges
             begin update orders set amount = amount + 100 where number = new.order_number; end;",
        )],
    },
    Defect {
        name: "charges-without-delivery",
        clauses: &["P5", "I4"],
        does: "an order is charged and nothing is delivered",
        says: r"DCDB console: .*instance|\(I4\)",
        bends: &[Stored(
            "create temp trigger bent_no_delivery after insert on instances begin delete from instances where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-fewer",
        clauses: &["3.6.11", "P5", "I4"],
        does: "of several instances the last one is not delivered",
        says: r"DCDB console: .*|\(I4\)",
        bends: &[Stored(
            "create temp trigger bent_fewer after insert on instances when new.position > 0 begin delete from instances where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-unpaid-orders",
        clauses: &["I4", "I6", "3.4.3"],
        does: "what is ordered is delivered although it is not paid",
        says: r"no more instances than were paid for",
        bends: &[Stored(
            "create temp trigger bent_unpaid after update on intentions when new.message is not null and new.order_number is not null
             begin insert into instances (id, account, order_number, position, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, renew, share, created, expires)
               values ('tdsqlshard-' || lower(hex(randomblob(4))), new.account, new.order_number, 0, '', 'ap-guangzhou', 'ap-guangzhou-3', 'basic', '', '', 1, 2, 2, 100, 0, 0, 0, 4102444800000); end;",
        )],
    },
    Defect {
        name: "delivers-twice",
        clauses: &["P5", "I3"],
        does: "one order is delivered twice",
        says: r"(?s)DCDB console: .*instance|\(I4\)",
        bends: &[Stored(
            "create temp trigger bent_twice_delivered after insert on instances when length(new.id) = 19
             begin insert into instances (id, account, order_number, position, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, renew, share, created, expires)
               select new.id || 'b', account, order_number, position + 100, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, renew, 0, created, expires
               from instances where id = new.id; end;",
        )],
    },
    Defect {
        name: "charges-what-it-refused",
        clauses: &["3.4.4", "I6"],
        does: "a purchase that was refused is charged all the same",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_refused_yet_charged after update of message on intentions when new.message = 'unverified'
             begin update accounts set balance = balance - new.fee where id = new.account; end;",
        )],
    },
    Defect {
        name: "orders-what-it-refused",
        clauses: &["3.4.7", "I6"],
        does: "a purchase that was refused leaves an unpaid order",
        says: ORDERS,
        bends: &[Stored(
            "create temp trigger bent_refused_yet_ordered after update of message on intentions when new.message = 'sold_out_in_zone'
             begin insert into orders (number, account, content, amount, quantity, months, created, state) values ('20990101100001', new.account, new.content, new.fee, 1, 1, strftime('%s') * 1000, 'unpaid'); end;",
        )],
    },
    Defect {
        name: "charges-at-the-old-price",
        clauses: &["3.4.6", "I1", "I6"],
        does: "a price that changed is charged before it is confirmed again",
        says: r"check page: .*(balance|total fee).*should|price has changed|\(I1\)",
        bends: &[Stored(
            "create temp trigger bent_old_price after update of message on intentions when new.message = 'price_changed'
             begin update accounts set balance = balance - old.fee where id = new.account; end;",
        )],
    },
    Defect {
        name: "result-is-said-otherwise",
        clauses: &["3.5.1", "P3"],
        does: "\"Payment successful\" is not said",
        says: r"result page: .*Payment successful",
        bends: &[Written("wording/en.yaml", "result_title: Payment successful", "result_title: Order received")],
    },
    Defect {
        name: "result-cuts-order-number",
        clauses: &["3.5.1"],
        does: "the order number on the result page is cut short",
        says: r"(result page|order list): .*order",
        bends: &[Written("classic/result.html", "<dd>{{ number }}</dd>", "<dd>{{ number[2:] }}</dd>")],
    },
    Defect {
        name: "result-names-another-order",
        clauses: &["3.5.1", "P3"],
        does: "the order number on the result page is not that of the order",
        says: r"order list: .*order|result page: .*order",
        bends: &[Written("classic/result.html", "<dd>{{ number }}</dd>", "<dd>{{ number | replace(\"10\", \"90\") }}</dd>")],
    },
    Defect {
        name: "result-hides-amount",
        clauses: &["3.5.1"],
        does: "the result page does not say how much was paid",
        says: r"result page: the amount",
        bends: &[Written("classic/result.html", r#"<dd class="money">{{ amount }}</dd>"#, r#"<dd class="money"></dd>"#)],
    },
    Defect {
        name: "result-leads-to-orders",
        clauses: &["P4", "3.5.1"],
        does: "\"Go to Console\" leads to the orders",
        says: r"console overview: .*should",
        bends: &[Written("classic/result.html", r#"href="{{ sites.console }}/""#, r#"href="{{ sites.console }}/expense/deal""#)],
    },
    Defect {
        name: "result-is-anybody-s",
        clauses: &["I5"],
        does: "the result page of an order is shown to whoever knows its address",
        says: r"\(I5\)",
        bends: &[Happens(Happening {
            when: r"^GET buy/dcdb/result/(\d+)",
            nth: 0,
            sql: "update orders set account = {account} where number = '{1}';",
        })],
    },
    Defect {
        name: "orders-are-anybody-s",
        clauses: &["I5"],
        does: "the order list is that of everybody",
        says: r"\(I5\)|orders in all",
        bends: &[Happens(Happening {
            when: r"^GET console/expense/deal",
            nth: 0,
            sql: "update orders set account = {account} where {account} > 0;",
        })],
    },
    Defect {
        name: "instances-are-anybody-s",
        clauses: &["I5"],
        does: "the console lists the instances of everybody",
        says: r"\(I5\)",
        bends: &[Happens(Happening {
            when: r"^GET console/dcdb",
            nth: 0,
            sql: "update instances set account = {account} where {account} > 0;",
        })],
    },
];
