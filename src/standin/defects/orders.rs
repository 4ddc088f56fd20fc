//! In order management.

use super::{
    Bend::{Asked, Happens, Stored, Written},
    Defect,
    requests::Happening,
};

const PAGE: &str = "classic/orders.html";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "newest-order-is-not-listed",
        clauses: &["3.6.9", "I3"],
        does: "the order list ends before the newest order",
        says: r"order list: .*(order|should)",
        bends: &[Written(PAGE, "{% for row in rows %}", "{% for row in rows[1:] %}")],
    },
    Defect {
        name: "order-is-listed-twice",
        clauses: &["3.6.9", "I3"],
        does: "every order is in the list twice",
        says: r"(?s)order list: .*(twice|once|2|orders in all)",
        bends: &[Written(PAGE, "{% for row in rows %}", "{% for row in rows + rows %}")],
    },
    Defect {
        name: "order-names-no-instances",
        clauses: &["P5", "3.6.9", "I4"],
        does: "the order list does not say what an order has come to",
        says: r"order list: .*(instances|I4)",
        bends: &[Written(PAGE, "{% for one in row.instances %}", "{% for one in [] %}")],
    },
    Defect {
        name: "order-amount-is-rounded",
        clauses: &["P3", "3.6.9", "I1"],
        does: "the order list shows whole yuan",
        says: r"order list: the amount.*should",
        bends: &[Written(PAGE, "<td>{{ row.amount }}</td>", "<td>{{ row.amount[:-2] }}00</td>")],
    },
    Defect {
        name: "processing-is-called-successful",
        clauses: &["3.6.15"],
        does: "an order is called successful while it is delivered",
        says: r"(?s)order list: .*Processing",
        bends: &[Written("wording/en.yaml", "order_processing: Processing", "order_processing: Successful")],
    },
    Defect {
        name: "order-is-never-refunded",
        clauses: &["3.6.15"],
        does: "an order whose instances were returned stays successful",
        says: r"(?s)order list: .*Refunded",
        bends: &[Written("wording/en.yaml", "order_refunded: Refunded", "order_refunded: Successful")],
    },
    Defect {
        name: "order-is-never-successful",
        clauses: &["P5", "3.6.15"],
        does: "an order stays Processing after its delivery",
        says: r"(?s)order list: .*Successful",
        bends: &[Written("wording/en.yaml", "order_successful: Successful", "order_successful: Processing")],
    },
    Defect {
        name: "cancel-does-nothing",
        clauses: &["3.6.9"],
        does: "a cancelled order stays unpaid",
        says: r"(?s)order list: .*Cancelled",
        bends: &[Stored(
            "create temp trigger bent_not_cancelled after update of state on orders when new.state = 'cancelled' begin update orders set state = 'unpaid' where number = new.number; end;",
        )],
    },
    Defect {
        name: "pay-cancels",
        clauses: &["3.6.9"],
        does: "\"Pay\" cancels the order",
        says: r"order list: .*|check page: the balance|\(I4\)",
        bends: &[Asked("^POST console/expense/deal/pay", "POST console/expense/deal/cancel")],
    },
    Defect {
        name: "order-is-of-1970",
        clauses: &["3.6.9"],
        does: "the order list has every order made at the beginning of time",
        says: r"order list: .*created",
        bends: &[Written(PAGE, "{{ row.created }}", "1970-01-01 08:00:00")],
    },
    Defect {
        name: "orders-stay-unpaid-to-read",
        clauses: &["3.6.15"],
        does: "the order list calls every order unpaid, whatever was paid",
        says: r"order list: the status of order .* should show",
        bends: &[Written(PAGE, "{{ row.status }}", "{{ t.order_unpaid }}")],
    },
    Defect {
        name: "orders-can-be-paid-on-tick",
        clauses: &["3.6.9", "3.4.3"],
        does: "an unpaid order can be paid without the money for it",
        says: r"order list: .*Insufficient balance",
        bends: &[Happens(Happening {
            when: r"^POST console/expense/deal/pay",
            nth: 0,
            sql: "update accounts set balance = balance + 10000000 where id = {account};",
        })],
    },
    Defect {
        name: "unpaid-orders-never-expire",
        clauses: &["5.2"],
        does: "an unpaid order can be paid for ever",
        says: r"order list: .*should",
        bends: &[Stored(
            "create temp trigger bent_never_expires after update of state on orders when new.state = 'expired' begin update orders set state = 'unpaid' where number = new.number; end;",
        )],
    },
    Defect {
        name: "offers-to-pay-what-has-expired",
        clauses: &["5.2"],
        does: "\"Pay\" and \"Cancel\" stand beside an expired order",
        says: r"order list: .*should",
        bends: &[Written(PAGE, "{% if row.unpaid %}", "{% if row.unpaid or row.status == t.order_expired %}")],
    },
    Defect {
        name: "pays-what-is-cancelled",
        clauses: &["3.6.10"],
        does: "an order that was cancelled in another tab can be paid",
        says: r"order list: .*The order is Cancelled|Insufficient",
        bends: &[Happens(Happening {
            when: r"^POST console/expense/deal/pay",
            nth: 0,
            sql: "update orders set state = 'unpaid' where account = {account} and state = 'cancelled';",
        })],
    },
    Defect {
        name: "true-state-is-not-said",
        clauses: &["3.6.10"],
        does: "why an order can no longer be changed is not said",
        says: r"order list: .*The order is",
        bends: &[Written("wording/en.yaml", "The order is {0}; it cannot be changed.", "Something went wrong ({0}).")],
    },
];
