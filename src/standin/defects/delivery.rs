//! In what is delivered, and in what becomes of it.

use super::{
    Bend::{Stored, Written},
    Defect,
};

const SHOWN: &str = r"DCDB console: .*should";

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "delivers-less-disk",
        clauses: &["P5", "I2"],
        does: "the disk is smaller than was bought",
        says: r"(?s)DCDB console: .*GB|disk.*\(I2\)|\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_less_disk after insert on instances begin update instances set disk = disk - 10 where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-fewer-shards",
        clauses: &["P5", "I2"],
        does: "there are fewer shards than were bought",
        says: r"(?s)DCDB console: .*shards|\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_fewer_shards after insert on instances when new.shards > 2 begin update instances set shards = 2 where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-one-replica",
        clauses: &["P5", "I2"],
        does: "there is one replica where two were bought",
        says: r"(?s)DCDB console: .*replica|\(I2\)|sync",
        bends: &[Stored(
            "create temp trigger bent_one_replica after insert on instances begin update instances set replicas = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-in-other-zone",
        clauses: &["P5", "I2"],
        does: "the instance is in another zone than was chosen",
        says: r"(?s)DCDB console: .*[Zz]one|\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_other_zone after insert on instances when new.zone = 'ap-guangzhou-3' begin update instances set zone = 'ap-guangzhou-6' where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-in-the-first-zone",
        clauses: &["3.3.2", "P5", "I2"],
        does: "every instance is in the first zone of its region, whatever was chosen",
        says: r"(?s)DCDB console: .*[Zz]one|\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_first_zone after insert on instances when new.zone = 'ap-shanghai-4' begin update instances set zone = 'ap-shanghai-3' where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-in-other-region",
        clauses: &["3.6.2", "P5", "I2"],
        does: "the instance is in another region than was chosen",
        says: r"(?s)DCDB console: .*|\(I2\)|\(I4\)",
        bends: &[Stored(
            "create temp trigger bent_other_region after insert on instances when new.region = 'ap-chengdu' begin update instances set region = 'ap-chongqing' where id = new.id; end;",
        )],
    },
    Defect {
        name: "delivers-on-basic-network",
        clauses: &["P5", "I2"],
        does: "the instance is on the basic network where a VPC was chosen",
        says: r"(?s)DCDB console: .*([Nn]etwork|vpc)|\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_basic after insert on instances when new.network = 'vpc' begin update instances set network = 'basic', vpc = '', subnet = '' where id = new.id; end;",
        )],
    },
    Defect {
        name: "ends-a-month-early",
        clauses: &["P5", "I2"],
        does: "the period that was paid ends too early",
        says: r"end of the period.*\(I2\)|should expire",
        bends: &[Stored(
            "create temp trigger bent_early after insert on instances begin update instances set expires = expires - 86400000 * 10 where id = new.id; end;",
        )],
    },
    Defect {
        name: "lasts-a-month",
        clauses: &["P5", "I2"],
        does: "whatever period was paid, the instance expires after a month",
        says: r"end of the period.*\(I2\)|should expire",
        bends: &[Stored(
            "create temp trigger bent_a_month after insert on instances when (select months from orders where number = new.order_number) > 1 begin update instances set expires = created + 86400000 * 30 where id = new.id; end;",
        )],
    },
    Defect {
        name: "renews-unasked",
        clauses: &["3.3.11", "I2"],
        does: "the instance renews itself though that was not chosen",
        says: r"auto-renewal.*\(I2\)",
        bends: &[Stored(
            "create temp trigger bent_renews after insert on instances begin update instances set renew = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "numbers-nothing",
        clauses: &["3.3.10", "P5"],
        does: "several instances have one name",
        says: r"DCDB console: the instances should be named",
        bends: &[Stored(
            "create temp trigger bent_no_number after insert on instances when new.name like '%-_' and new.name <> new.id begin update instances set name = substr(new.name, 1, length(new.name) - 2) where id = new.id; end;",
        )],
    },
    Defect {
        name: "runs-markup-of-names",
        clauses: &["3.3.10"],
        does: "markup in a name is markup of the console",
        says: r"(?s)DCDB console: .*name",
        bends: &[Written("classic/rows.html", "{{ row.name }}", "{{ row.name | safe }}")],
    },
    Defect {
        name: "escapes-names-twice",
        clauses: &["3.3.10"],
        does: "a name with & in it is shown with &amp;",
        says: r"(?s)DCDB console: .*name",
        bends: &[Written(
            "classic/rows.html",
            "{{ row.name }}",
            "{{ row.name | escape | string | escape | replace(\"&\", \"&amp;\") | safe }}",
        )],
    },
    Defect {
        name: "unnamed-stays-unnamed",
        clauses: &["P5", "3.3.10"],
        does: "an instance without a name is not called by its id",
        says: r"(?s)DCDB console: .*name",
        bends: &[Written(
            "classic/rows.html",
            "{{ row.name }}",
            "{% if row.name == row.id %}--{% else %}{{ row.name }}{% endif %}",
        )],
    },
    Defect {
        name: "is-never-delivered",
        clauses: &["3.6.3", "3.6.5", "P5", "I4"],
        does: "an instance stays Creating for good",
        says: r"(?s)DCDB console: .*Uninitialized",
        bends: &[Stored(
            "create temp trigger bent_never after insert on instances begin update instances set created = created + 1000000000000 where id = new.id; end;",
        )],
    },
    Defect {
        name: "is-delivered-running",
        clauses: &["3.6.5", "P5"],
        does: "an instance is Running without being initialised",
        says: r"(?s)DCDB console: .*(Uninitialized|Initialize)",
        bends: &[Stored(
            "create temp trigger bent_at_once after insert on instances begin update instances set initialised = created, running = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "initialise-does-nothing",
        clauses: &["3.6.5", "P5"],
        does: "\"Initialize\" is answered and does nothing",
        says: r"(?s)DCDB console: .*(Running|Initializing)",
        bends: &[Stored(
            "create temp trigger bent_nothing_done after update of initialised on instances when new.initialised is not null begin update instances set initialised = null where id = new.id; end;",
        )],
    },
    Defect {
        name: "initialising-never-ends",
        clauses: &["3.6.5", "P5"],
        does: "an instance stays Initializing for good",
        says: r"(?s)DCDB console: .*Running",
        bends: &[Stored(
            "create temp trigger bent_never_runs after update of initialised on instances when new.initialised between 1 and 9999999999999 begin update instances set initialised = 99999999999999 where id = new.id; end;",
        )],
    },
    Defect {
        name: "initialise-goes-backwards",
        clauses: &["3.6.5", "P5"],
        does: "an instance that is initialised goes back to Creating",
        says: r"(?s)DCDB console: .*(Running|Initializing)",
        bends: &[Stored(
            "create temp trigger bent_backwards after update of initialised on instances when new.initialised is not null begin update instances set initialised = null, delivered = 0, created = created + 1000000000000 where id = new.id; end;",
        )],
    },
    Defect {
        name: "return-does-nothing",
        clauses: &["3.6.8", "3.6.13"],
        does: "a returned instance lives on",
        says: r"(?s)DCDB console: .*Isolated",
        bends: &[Stored(
            "create temp trigger bent_lives_on after update of isolated on instances when new.isolated is not null begin update instances set isolated = null where id = new.id; end;",
        )],
    },
    Defect {
        name: "refunds-nothing",
        clauses: &["3.6.13"],
        does: "a first return brings nothing back",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_no_share after insert on instances begin update instances set share = 0 where id = new.id; end;",
        )],
    },
    Defect {
        name: "refunds-twice",
        clauses: &["3.6.13"],
        does: "a return brings its share back twice",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_double_refund after update of isolated on instances when new.isolated is not null begin update accounts set balance = balance + new.share where id = new.account; end;",
        )],
    },
    Defect {
        name: "refunds-first-by-days",
        clauses: &["3.6.13"],
        does: "a first return is paid back by the days that are left",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_never_full after insert on accounts begin update accounts set refunded_in_full = 1 where id = new.id; end;",
        )],
    },
    Defect {
        name: "refunds-whole-order",
        clauses: &["3.6.14"],
        does: "returning one of several brings back what all cost",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_whole_order after insert on instances begin update instances set share = (select amount from orders where number = new.order_number) where id = new.id; end;",
        )],
    },
    Defect {
        name: "refunds-second-in-full",
        clauses: &["3.6.14"],
        does: "every return is paid back in full",
        says: r"check page: the balance should",
        bends: &[Stored(
            "create temp trigger bent_always_full after update of refunded_in_full on accounts when new.refunded_in_full = 1 begin update accounts set refunded_in_full = 0 where id = new.id; end;",
        )],
    },
    Defect {
        name: "return-needs-no-delivery",
        clauses: &["3.6.3", "3.6.6"],
        does: "an instance can be returned before it is delivered",
        says: SHOWN,
        bends: &[Written(
            "classic/rows.html",
            "{% if row.can_return %}",
            r#"{% if row.can_return or row.mood == "status_creating" %}"#,
        )],
    },
];
