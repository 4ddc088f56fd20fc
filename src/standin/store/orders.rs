//! Intentions and orders: each intention becomes at most one order, each order is charged at most once.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Account, Store, token};
use crate::standin::configuration::Configuration;

/// How long an order may stay unpaid, ms.
const UNPAID: i64 = 30 * 60 * 1000;

/// What "Purchase Now" began: bound to an account and to what was chosen.
#[derive(Debug, Clone)]
pub struct Intention {
    /// In the check page's address.
    pub token: String,
    /// The configuration as a query.
    pub content: String,
    /// What was shown, fen.
    pub fee: i64,
    /// Key of what was said when it was last confirmed; empty for nothing.
    pub message: String,
    /// What came of it.
    pub order: Option<String>,
}

/// What came of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmed {
    /// Paid: the order.
    Paid(String),
    /// An order that is not paid, and the key of why.
    Unpaid(String, &'static str),
    /// No order, and the key of why.
    Refused(&'static str),
}

/// The state of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    /// Made, not paid.
    Unpaid,
    /// Paid, instances on their way.
    Processing,
    /// Delivered.
    Successful,
    /// Cancelled by the buyer.
    Cancelled,
    /// Not paid in time.
    Expired,
    /// All its instances were returned.
    Refunded,
}

impl OrderState {
    /// The key of its wording.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unpaid => "order_unpaid",
            Self::Processing => "order_processing",
            Self::Successful => "order_successful",
            Self::Cancelled => "order_cancelled",
            Self::Expired => "order_expired",
            Self::Refunded => "order_refunded",
        }
    }
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    /// 14 digits.
    pub number: String,
    /// Fen.
    pub amount: i64,
    /// ms since 1970.
    pub created: i64,
    /// As of now, but for what depends on its instances' delivery.
    pub state: OrderState,
    /// Its instances, once paid.
    pub instances: Vec<String>,
}

impl Store {
    /// Begins a purchase.
    ///
    /// # Errors
    /// When the database fails.
    pub fn intend(&self, account: &Account, content: &str, fee: i64) -> rusqlite::Result<String> {
        let token = token();
        self.lock().execute(
            "insert into intentions (token, account, content, fee) values (?1, ?2, ?3, ?4)",
            params![token, account.id, content, fee],
        )?;
        Ok(token)
    }

    /// The intention of that token, if it is this account's.
    ///
    /// # Errors
    /// When the database fails.
    pub fn intention(&self, account: &Account, token: &str) -> rusqlite::Result<Option<Intention>> {
        intention(&self.lock(), account, token)
    }

    /// Confirms an intention: whatever comes of it comes of it once. `price` is what it costs now, `shown` what the
    /// page that was confirmed showed; `refusal` is why it cannot be bought now.
    ///
    /// # Errors
    /// When the database fails; nothing has happened then.
    pub fn confirm(
        &self,
        account: &Account,
        token: &str,
        configuration: &Configuration,
        price: i64,
        shown: i64,
        refusal: Option<&'static str>,
    ) -> rusqlite::Result<Option<Confirmed>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let Some(intention) = intention(&transaction, account, token)? else { return Ok(None) };
        if let Some(number) = intention.order {
            // It has been confirmed before: the same again, whatever has become of it.
            let paid: bool = transaction.query_row(
                "select exists (select 1 from charges where order_number = ?1)",
                [&number],
                |row| row.get(0),
            )?;
            return Ok(Some(match paid {
                true => Confirmed::Paid(number),
                false => Confirmed::Unpaid(number, why_unpaid(&intention.message)),
            }));
        }
        let balance: i64 =
            transaction.query_row("select balance from accounts where id = ?1", [account.id], |row| row.get(0))?;
        let refusal = refusal
            .or((!account.verified).then_some("unverified"))
            .or((price != shown || price != intention.fee).then_some("price_changed"));
        let outcome = match refusal {
            Some(key) => Confirmed::Refused(key),
            None => {
                let unpaid = if !account.finance_right {
                    Some("no_finance_right")
                } else {
                    (balance < price).then_some("insufficient")
                };
                let number = new_order(&transaction, account, configuration, &intention.content, price)?;
                match unpaid {
                    Some(key) => Confirmed::Unpaid(number, key),
                    None => {
                        charge(&transaction, account, &number)?;
                        Confirmed::Paid(number)
                    }
                }
            }
        };
        let (order, message) = match &outcome {
            Confirmed::Paid(number) => (Some(number), ""),
            Confirmed::Unpaid(number, key) => (Some(number), *key),
            Confirmed::Refused(key) => (None, *key),
        };
        // A changed price was shown by now: confirming again accepts it.
        transaction.execute(
            "update intentions set order_number = ?2, message = ?3, fee = ?4 where token = ?1",
            params![token, order, message, price],
        )?;
        transaction.commit()?;
        Ok(Some(outcome))
    }

    /// Pays an unpaid order. `Ok(Err(state))`: it is no longer unpaid. `Ok(Ok(Some(key)))`: it stays unpaid, for that reason.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pay(
        &self,
        account: &Account,
        number: &str,
    ) -> rusqlite::Result<Option<Result<Option<&'static str>, OrderState>>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        expire(&transaction, account)?;
        let Some(order) = one(&transaction, account, number)? else { return Ok(None) };
        if order.state != OrderState::Unpaid {
            transaction.commit()?;
            return Ok(Some(Err(order.state)));
        }
        let balance: i64 =
            transaction.query_row("select balance from accounts where id = ?1", [account.id], |row| row.get(0))?;
        let refused = if !account.finance_right {
            Some("no_finance_right")
        } else {
            (balance < order.amount).then_some("insufficient")
        };
        if refused.is_none() {
            charge(&transaction, account, number)?;
        }
        transaction.commit()?;
        Ok(Some(Ok(refused)))
    }

    /// Cancels an unpaid order; as [`Store::pay`].
    ///
    /// # Errors
    /// When the database fails.
    pub fn cancel(&self, account: &Account, number: &str) -> rusqlite::Result<Option<Result<(), OrderState>>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        expire(&transaction, account)?;
        let Some(order) = one(&transaction, account, number)? else { return Ok(None) };
        let outcome = match order.state {
            OrderState::Unpaid => {
                transaction.execute("update orders set state = 'cancelled' where number = ?1", [number])?;
                Ok(())
            }
            state => Err(state),
        };
        transaction.commit()?;
        Ok(Some(outcome))
    }

    /// All orders of an account, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn orders(&self, account: &Account) -> rusqlite::Result<Vec<Order>> {
        let connection = self.lock();
        expire(&connection, account)?;
        let mut query = connection
            .prepare(&format!("select {ORDER} from orders where account = ?1 order by created desc, number desc"))?;
        let found: Vec<(Order, String)> = query.query_map([account.id], order)?.collect::<rusqlite::Result<_>>()?;
        found.into_iter().map(|(order, state)| with_instances(&connection, order, &state)).collect()
    }

    /// One order, if it is this account's.
    ///
    /// # Errors
    /// When the database fails.
    pub fn order(&self, account: &Account, number: &str) -> rusqlite::Result<Option<Order>> {
        let connection = self.lock();
        expire(&connection, account)?;
        one(&connection, account, number)
    }

    /// Lets all unpaid orders of an account expire at once.
    ///
    /// # Errors
    /// When the database fails.
    pub fn expire_unpaid(&self, account: i64) -> rusqlite::Result<()> {
        self.lock()
            .execute("update orders set state = 'expired' where account = ?1 and state = 'unpaid'", [account])
            .map(drop)
    }

    /// How many charges an account has had, and their sum in fen.
    ///
    /// # Errors
    /// When the database fails.
    pub fn charges(&self, account: i64) -> rusqlite::Result<(i64, i64)> {
        self.lock().query_row(
            "select count(*), coalesce(sum(amount), 0) from charges where account = ?1",
            [account],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }
}

fn why_unpaid(message: &str) -> &'static str {
    if message == "no_finance_right" { "no_finance_right" } else { "insufficient" }
}

fn intention(connection: &Connection, account: &Account, token: &str) -> rusqlite::Result<Option<Intention>> {
    connection
        .query_row(
            "select token, content, fee, message, order_number from intentions where token = ?1 and account = ?2",
            params![token, account.id],
            |row| {
                Ok(Intention {
                    token: row.get(0)?,
                    content: row.get(1)?,
                    fee: row.get(2)?,
                    message: row.get(3)?,
                    order: row.get(4)?,
                })
            },
        )
        .optional()
}

const ORDER: &str = "number, amount, created, state";

fn order(row: &Row<'_>) -> rusqlite::Result<(Order, String)> {
    let order = Order {
        number: row.get(0)?,
        amount: row.get(1)?,
        created: row.get(2)?,
        state: OrderState::Unpaid,
        instances: Vec::new(),
    };
    Ok((order, row.get(3)?))
}

fn one(connection: &Connection, account: &Account, number: &str) -> rusqlite::Result<Option<Order>> {
    let found = connection
        .query_row(
            &format!("select {ORDER} from orders where number = ?1 and account = ?2"),
            params![number, account.id],
            order,
        )
        .optional()?;
    found.map(|(order, state)| with_instances(connection, order, &state)).transpose()
}

fn with_instances(connection: &Connection, mut order: Order, state: &str) -> rusqlite::Result<Order> {
    let mut query = connection
        .prepare_cached("select id, isolated is not null from instances where order_number = ?1 order by position")?;
    let instances: Vec<(String, bool)> =
        query.query_map([&order.number], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    order.state = match state {
        "unpaid" => OrderState::Unpaid,
        "cancelled" => OrderState::Cancelled,
        "expired" => OrderState::Expired,
        _ if !instances.is_empty() && instances.iter().all(|(_, isolated)| *isolated) => OrderState::Refunded,
        _ => OrderState::Successful,
    };
    order.instances = instances.into_iter().map(|(id, _)| id).collect();
    Ok(order)
}

/// Unpaid orders whose time is up become what they are.
fn expire(connection: &Connection, account: &Account) -> rusqlite::Result<()> {
    connection
        .execute(
            "update orders set state = 'expired' where account = ?1 and state = 'unpaid' and created <= ?2",
            params![account.id, account.now - UNPAID],
        )
        .map(drop)
}

fn new_order(
    connection: &Connection,
    account: &Account,
    configuration: &Configuration,
    content: &str,
    amount: i64,
) -> rusqlite::Result<String> {
    let day = super::super::clock::day(account.now).replace('-', "");
    let last: Option<String> =
        connection
            .query_row("select max(number) from orders where number like ?1", [format!("{day}%")], |row| row.get(0))?;
    let next = last.and_then(|last| last[8..].parse::<i64>().ok()).map_or(100_001, |last| last + 1);
    let number = format!("{day}{next:06}");
    connection.execute(
        "insert into orders (number, account, content, amount, quantity, months, created, state) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'unpaid')",
        params![number, account.id, content, amount, configuration.quantity, configuration.months, account.now],
    )?;
    Ok(number)
}

/// Takes the money and makes the instances, in the caller's transaction.
fn charge(connection: &Connection, account: &Account, number: &str) -> rusqlite::Result<()> {
    let (content, amount, quantity, months): (String, i64, i64, i64) = connection.query_row(
        "select content, amount, quantity, months from orders where number = ?1",
        [number],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    connection.execute(
        "insert into charges (order_number, account, amount, at) values (?1, ?2, ?3, ?4)",
        params![number, account.id, amount, account.now],
    )?;
    connection.execute("update accounts set balance = balance - ?2 where id = ?1", params![account.id, amount])?;
    connection.execute("update orders set state = 'paid' where number = ?1", [number])?;
    let form = url::form_urlencoded::parse(content.as_bytes()).into_owned().collect();
    // What was stored passed all checks; only what reading makes of it is needed here.
    let Ok(configuration) = Configuration::read(&form, account) else { return Err(rusqlite::Error::InvalidQuery) };
    for position in 0..quantity {
        let id = format!("tdsqlshard-{}", base36(&token()));
        let name = match (configuration.name.as_str(), quantity) {
            ("", _) => id.clone(),
            (name, 1) => name.to_owned(),
            (name, _) => format!("{name}-{}", position + 1),
        };
        // The remainder of an order that does not divide belongs to its first instance (CONTRACT 3.6.8).
        let share = amount / quantity + if position == 0 { amount % quantity } else { 0 };
        connection.execute(
            "insert into instances (id, account, order_number, position, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, renew, share, created, expires)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            params![
                id, account.id, number, position, name, configuration.region, configuration.zone, configuration.network, configuration.vpc, configuration.subnet,
                configuration.replicas, configuration.memory, configuration.shards, configuration.disk, configuration.renew, share, account.now,
                super::super::clock::months_later(account.now, months),
            ],
        )?;
    }
    Ok(())
}

/// Eight characters a-z0-9 out of random hex digits.
fn base36(hex: &str) -> String {
    let mut number = u64::from_str_radix(&hex[..15], 16).unwrap_or_default();
    (0..8)
        .map(|_| {
            let digit = (number % 36) as u32;
            number /= 36;
            char::from_digit(digit, 36).unwrap_or('0')
        })
        .collect()
}
