//! Who buys at Nimbus, and what each has: money, clusters, bills, and baskets that may become bills.

use std::{
    collections::{BTreeSet, HashMap},
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};

use super::{
    Variant,
    shelf::{Center, Order},
};

/// How long clusters brew and warm up, ms.
const BREWS: i64 = 250;
const WARMS: i64 = 200;
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

pub struct Person {
    pub name: String,
    pub mail: String,
    pub secret: String,
    /// Fen.
    pub purse: i64,
    /// Has shown who they are.
    pub proven: bool,
    pub may_pay: bool,
    pub approved: bool,
    /// The price list, in percent of the published one.
    pub tariff: i64,
    /// Data centers that have sold out for them.
    pub emptied: Vec<String>,
    /// Clusters that come to this state stay in it.
    pub kept_at: Option<State>,
    /// How far ahead of the world's their clock is, ms.
    pub ahead: i64,
    pub flaws: BTreeSet<&'static str>,
    failures: u32,
    closed_until: i64,
    pub clusters: Vec<Cluster>,
    pub bills: Vec<Bill>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Brewing,
    Blank,
    Warming,
    Live,
    Frozen,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brewing => "Brewing",
            Self::Blank => "Blank",
            Self::Warming => "Warming",
            Self::Live => "Live",
            Self::Frozen => "Frozen",
        }
    }
}

#[derive(Clone)]
pub struct Cluster {
    pub id: String,
    pub alias: String,
    pub order: Order,
    pub state: State,
    /// When it is through with a state that passes, ms.
    due: i64,
    bought: i64,
    pub expires: Timestamp,
    /// What of its bill was paid for it, fen.
    share: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    Open,
    Yes,
    CalledOff,
    Lapsed,
}

#[derive(Clone)]
pub struct Bill {
    pub number: String,
    pub order: Order,
    /// Fen.
    pub sum: i64,
    pub made: i64,
    pub paid: Paid,
    pub clusters: Vec<String>,
}

pub struct Basket {
    person: usize,
    order: Order,
    /// The sum that its buyer has seen last, fen.
    seen: i64,
    bill: Option<String>,
    /// What was said when it was last asked for.
    said: String,
}

/// What a basket has come to.
pub enum Outcome {
    /// Paid by this bill.
    Paid(String),
    /// It waits, with what is said of it. `sum` and `whole` in fen.
    Waits { sum: i64, whole: i64, said: String, order: Box<Order> },
    /// It cannot be had.
    Refused(String),
}

const CHANGED: &str = "The price is another now. Look again.";
const LIGHT: &str = "Your purse is too light. Fill it and pay under bills.";
const WHO: &str = "Show us who you are first";
const OTHERS: &str = "Somebody else of your company has to pay";

#[derive(Default)]
pub struct Town {
    pub people: Vec<Person>,
    pub baskets: HashMap<String, Basket>,
    sessions: HashMap<String, usize>,
    /// Flaws of everybody's pages.
    pub flaws: BTreeSet<&'static str>,
    numbered: u64,
    /// How often money was taken.
    pub taken: usize,
}

pub struct Newcomer<'a> {
    pub name: &'a str,
    pub mail: &'a str,
    pub secret: &'a str,
    pub purse: i64,
    pub proven: bool,
    pub may_pay: bool,
    pub approved: bool,
}

pub fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis()).expect("a time")
}

impl Person {
    pub fn flawed(&self, name: &str) -> bool {
        self.flaws.contains(name)
    }

    pub fn finds_empty(&self, center: &Center) -> bool {
        center.empty || self.emptied.iter().any(|key| key == center.key)
    }

    pub fn now(&self) -> i64 {
        now() + self.ahead
    }

    /// Brings clusters and bills to what they are by now.
    pub fn catch_up(&mut self) {
        let (now, kept_at) = (self.now(), self.kept_at);
        for cluster in self.clusters.iter_mut().filter(|cluster| now >= cluster.due && kept_at != Some(cluster.state)) {
            cluster.state = match cluster.state {
                State::Brewing => State::Blank,
                State::Warming => State::Live,
                other => other,
            };
        }
        for bill in self.bills.iter_mut().filter(|bill| bill.paid == Paid::Open && now - bill.made > 30 * MINUTE) {
            bill.paid = Paid::Lapsed;
        }
    }

    pub fn bill(&self, number: &str) -> Option<&Bill> {
        self.bills.iter().find(|bill| bill.number == number)
    }

    /// `Processing` and the like, in Nimbus's words.
    pub fn stands(&self, bill: &Bill) -> &'static str {
        let its = || self.clusters.iter().filter(|cluster| bill.clusters.contains(&cluster.id));
        match bill.paid {
            Paid::Open => "To be paid",
            Paid::CalledOff => "Called off",
            Paid::Lapsed => "Lapsed",
            Paid::Yes if its().all(|cluster| cluster.state == State::Frozen) => "Money back",
            Paid::Yes if its().any(|cluster| cluster.state == State::Brewing) => "Under way",
            Paid::Yes => "Done",
        }
    }

    /// Why an open bill of this sum will stay open.
    fn cannot_pay(&self, sum: i64) -> Option<&'static str> {
        (!self.may_pay).then_some(OTHERS).or((self.purse < sum).then_some(LIGHT))
    }

    /// Starts a cluster; says what is missing, if anything is.
    pub fn set_up(&mut self, id: &str, letters: &str, names: &str, copies: &str) -> Result<(), &'static str> {
        self.catch_up();
        let (due, lax) = (self.now() + WARMS, self.flawed("sets-up-without-letters"));
        let found = self.clusters.iter_mut().find(|cluster| cluster.id == id && cluster.state == State::Blank);
        let cluster = found.ok_or("It cannot be set up now")?;
        if letters.is_empty() && !lax {
            return Err("Pick the letters");
        }
        if names.is_empty() {
            return Err("Pick how names are told apart");
        }
        if copies.is_empty() {
            return Err("Pick how copies follow");
        }
        (cluster.state, cluster.due) = (State::Warming, due);
        Ok(())
    }

    /// Parts with a cluster, for its share: in full the first time within five days, else by the whole days that are left.
    pub fn part_with(&mut self, id: &str, agreed: bool) -> Result<(), &'static str> {
        self.catch_up();
        if !agreed && !self.flawed("takes-consent-for-granted") {
            return Err("Tick that you agree");
        }
        let now = self.now();
        let first = self.clusters.iter().all(|cluster| cluster.state != State::Frozen);
        let takes = |cluster: &&mut Cluster| cluster.id == id && matches!(cluster.state, State::Blank | State::Live);
        let cluster = self.clusters.iter_mut().find(takes).ok_or("It cannot be parted with now")?;
        let expires = cluster.expires.as_millisecond();
        let back = match first && now - cluster.bought <= 5 * DAY {
            true => cluster.share,
            false => cluster.share * ((expires - now) / DAY).max(0) / ((expires - cluster.bought) / DAY),
        };
        cluster.state = State::Frozen;
        self.purse += back;
        Ok(())
    }
}

impl Town {
    /// A name that nothing had before.
    fn letters(&mut self, count: u32) -> String {
        self.numbered += 1;
        // An odd factor modulo a power of two maps numbers one to one.
        let mut number = self.numbered.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 16u64.pow(count);
        (0..count)
            .map(|_| {
                let letter = b"abcdefghjkmnpqrs"[usize::try_from(number % 16).expect("small")];
                number /= 16;
                char::from(letter)
            })
            .collect()
    }

    pub fn settle(&mut self, new: &Newcomer<'_>) -> usize {
        let key = self.people.len();
        self.people.push(Person {
            name: new.name.to_owned(),
            mail: new.mail.to_owned(),
            secret: new.secret.to_owned(),
            purse: new.purse,
            proven: new.proven,
            may_pay: new.may_pay,
            approved: new.approved,
            tariff: 100,
            emptied: Vec::new(),
            kept_at: None,
            ahead: 0,
            flaws: self.flaws.clone(),
            failures: 0,
            closed_until: 0,
            clusters: Vec::new(),
            bills: Vec::new(),
        });
        key
    }

    /// What somebody has who has been here before: a cluster that was parted with, and a bill that was called off.
    pub fn remember(&mut self, person: usize) {
        for (fields, paid) in [("place=shanghai&center=shanghai-c", true), ("pieces=4", false)] {
            let fields: Vec<(String, String)> = url::form_urlencoded::parse(fields.as_bytes()).into_owned().collect();
            let who = &self.people[person];
            let order = Order::read(&fields, who).expect("what was sold once");
            let [_, sum] = order.sums(who);
            let number = self.open_bill(person, &order, sum);
            let who = &mut self.people[person];
            who.purse += sum;
            if paid {
                self.charge(person, &number, Variant::default());
                self.people[person].clusters.iter_mut().for_each(|cluster| cluster.state = State::Frozen);
            } else {
                who.purse -= sum;
                who.bills.iter_mut().find(|bill| bill.number == number).expect("made").paid = Paid::CalledOff;
            }
        }
        self.taken = 0;
    }

    pub fn of_session(&self, session: &str) -> Option<usize> {
        self.sessions.get(session).copied()
    }

    pub fn by_mail(&self, mail: &str) -> Option<usize> {
        self.people.iter().position(|person| person.mail == mail)
    }

    /// A session; or why there is none.
    pub fn enter(&mut self, mail: &str, secret: &str) -> Result<String, &'static str> {
        let person = self.by_mail(mail).ok_or(NO_SUCH)?;
        let who = &mut self.people[person];
        let now = who.now();
        if now < who.closed_until {
            return Err(CLOSED);
        }
        if who.secret != secret {
            who.failures += 1;
            if who.failures < 5 {
                return Err(NO_SUCH);
            }
            (who.failures, who.closed_until) = (0, now + MINUTE);
            return Err(if who.flawed("never-closes") { NO_SUCH } else { CLOSED });
        }
        who.failures = 0;
        let session = self.letters(14);
        self.sessions.insert(session.clone(), person);
        Ok(session)
    }

    /// Puts an order into a basket of its own, at the sum that its buyer saw.
    pub fn put(&mut self, person: usize, order: Order, seen: i64) -> String {
        let token = self.letters(12);
        let basket = Basket { person, order, seen, bill: None, said: String::new() };
        self.baskets.insert(token.clone(), basket);
        token
    }

    /// What a basket has come to, as the address of its page has it.
    pub fn look(&mut self, person: usize, token: &str, fields: &[(String, String)]) -> Outcome {
        self.people[person].catch_up();
        let who = &self.people[person];
        let as_put = |basket: &&Basket| {
            let choices = fields.iter().filter(|(key, _)| key != "basket");
            let address = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(choices).finish();
            basket.person == person && (address == basket.order.query() || who.flawed("trusts-addresses"))
        };
        let Some(basket) = self.baskets.get(token).filter(as_put) else {
            let wrong = Order::read(fields, who).err().and_then(|wrong| wrong.into_iter().next());
            return Outcome::Refused(wrong.map_or("This is not what you put together".to_owned(), |(_, said)| said));
        };
        let order = Box::new(basket.order.clone());
        if let Some(bill) = basket.bill.as_ref().and_then(|number| who.bill(number)) {
            return match bill.paid {
                Paid::Yes => Outcome::Paid(bill.number.clone()),
                Paid::Open => Outcome::Waits { sum: bill.sum, whole: bill.sum, said: basket.said.clone(), order },
                over => Outcome::Refused(is_over(over).to_owned()),
            };
        }
        let [whole, sum] = order.sums(who);
        let changed = sum != basket.seen && !who.flawed("says-nothing-of-prices");
        let said = order.wrong(who).into_iter().next().map(|(_, said)| said);
        let said = said.or(changed.then(|| CHANGED.to_owned())).unwrap_or_else(|| basket.said.clone());
        Outcome::Waits { sum, whole, said, order }
    }

    /// Orders what is in a basket, once however often it is asked to, and takes the money if there is any.
    pub fn place(
        &mut self,
        person: usize,
        token: &str,
        fields: &[(String, String)],
        seen: i64,
        variant: Variant,
    ) -> Outcome {
        let again = self.people[person].flawed("orders-again");
        let (sum, order) = match self.look(person, token, fields) {
            Outcome::Waits { sum, order, .. } => (sum, *order),
            Outcome::Paid(_) if again => (seen, self.baskets[token].order.clone()),
            other => return other,
        };
        if self.baskets[token].bill.is_none() || again {
            let who = &self.people[person];
            let wrong = order.wrong(who).into_iter().next().map(|(_, said)| said);
            let strange = !who.proven && !who.flawed("asks-nobody-who-they-are");
            let changed = sum != seen && !who.flawed("says-nothing-of-prices");
            let refused = wrong.or(strange.then(|| WHO.to_owned())).or(changed.then(|| CHANGED.to_owned()));
            let cannot = who.cannot_pay(sum).filter(|_| !who.flawed("lends"));
            let bill = refused.is_none().then(|| self.open_bill(person, &order, sum));
            if let Some(number) = bill.as_ref().filter(|_| cannot.is_none()) {
                self.charge(person, number, variant);
            }
            let basket = self.baskets.get_mut(token).expect("looked at");
            (basket.bill, basket.seen) = (bill, sum);
            basket.said = refused.or(cannot.map(str::to_owned)).unwrap_or_default();
        }
        self.look(person, token, fields)
    }

    fn open_bill(&mut self, person: usize, order: &Order, sum: i64) -> String {
        let number = format!("NB-{}", self.letters(8));
        let made = self.people[person].now();
        let bill =
            Bill { number: number.clone(), order: order.clone(), sum, made, paid: Paid::Open, clusters: Vec::new() };
        self.people[person].bills.push(bill);
        number
    }

    /// Takes the money and makes the clusters.
    fn charge(&mut self, person: usize, number: &str, variant: Variant) {
        self.taken += 1;
        let who = &self.people[person];
        let (bill, now) = (who.bill(number).expect("made").clone(), who.now());
        let count = bill.order.count;
        let mut made = Vec::new();
        for at in 1..=count {
            let id = format!("sql-{}", self.letters(8));
            let who = &self.people[person];
            let alias = match (bill.order.alias.as_str(), count) {
                ("", _) => id.clone(),
                (alias, 1) => alias.to_owned(),
                (alias, _) => format!("{alias}-{at}"),
            };
            let mut order = bill.order.clone();
            if who.flawed("delivers-less") {
                order.storage -= 10;
            }
            let since = Timestamp::from_millisecond(now).expect("a time");
            let expires =
                since.to_zoned_datetime(TimeZone::UTC).checked_add(order.term.months()).expect("a time").timestamp();
            let rest = if at == 1 { bill.sum % count } else { 0 };
            made.push(Cluster {
                id,
                alias,
                order,
                state: State::Brewing,
                due: now + BREWS,
                bought: now,
                expires,
                share: bill.sum / count + rest,
            });
        }
        let who = &mut self.people[person];
        if variant.live_at_once {
            made.iter_mut().for_each(|cluster| cluster.state = State::Warming);
        }
        who.purse -= bill.sum + if who.flawed("takes-more") { 100 } else { 0 };
        let bill = who.bills.iter_mut().find(|bill| bill.number == number).expect("made");
        bill.paid = Paid::Yes;
        bill.clusters = made.iter().map(|cluster| cluster.id.clone()).collect();
        who.clusters.extend(made);
    }

    /// Pays an open bill; says why not, if not.
    pub fn pay(&mut self, person: usize, number: &str, variant: Variant) -> Result<(), &'static str> {
        let who = &mut self.people[person];
        who.catch_up();
        let bill = who.bill(number).ok_or("There is no such bill")?;
        match bill.paid {
            Paid::Open => {}
            Paid::CalledOff if who.flawed("pays-what-is-over") => {}
            over => return Err(is_over(over)),
        }
        if let Some(why) = who.cannot_pay(bill.sum).filter(|_| !who.flawed("pays-what-is-over")) {
            return Err(why);
        }
        self.charge(person, number, variant);
        Ok(())
    }

    /// Calls an open bill off.
    pub fn call_off(&mut self, person: usize, number: &str) -> Result<(), &'static str> {
        let who = &mut self.people[person];
        who.catch_up();
        let bill = who.bills.iter_mut().find(|bill| bill.number == number).ok_or("There is no such bill")?;
        match bill.paid {
            Paid::Open => bill.paid = Paid::CalledOff,
            over => return Err(is_over(over)),
        }
        Ok(())
    }
}

const NO_SUCH: &str = "No such person, or another secret";
const CLOSED: &str = "Closed for a minute after five wrong secrets";

fn is_over(paid: Paid) -> &'static str {
    match paid {
        Paid::CalledOff => "This bill is called off already",
        Paid::Lapsed => "This bill has lapsed already",
        Paid::Open | Paid::Yes => "This bill is paid already",
    }
}
