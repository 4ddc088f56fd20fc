//! Intentions and their confirmation: each becomes at most one order, whatever confirms it how often.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Account, Store, accounts::one_account, charge::charge, orders::cannot_pay, token};
use crate::standin::{clock, configuration::Configuration};

/// What "Purchase Now" began: bound to an account and to what was chosen.
#[derive(Debug, Clone)]
pub struct Intention {
    /// In the check page's address.
    pub token: String,
    /// The configuration as a query.
    pub content: String,
    /// The price that the buyer last saw: on the purchase page, then on each confirmation, fen.
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
    /// An order that is not paid.
    Unpaid(String),
    /// No order, and the key of why.
    Refused(&'static str),
}

impl Store {
    /// Begins a purchase, at the price that the purchase page showed (fen).
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

    /// Confirms an intention: whatever comes of it comes of it once. `shown` is the price on the page that was confirmed;
    /// price, stock and account are looked at here and now, within the transaction that charges; where it does not pay at once, the
    /// order waits to be paid.
    ///
    /// # Errors
    /// When the database fails; nothing has happened then.
    pub fn confirm(
        &self,
        account: i64,
        token: &str,
        configuration: &Configuration,
        shown: i64,
        pays: bool,
    ) -> rusqlite::Result<Option<Confirmed>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let Some(account) = &one_account(&transaction, account)? else { return Ok(None) };
        let Some(intention) = intention(&transaction, account, token)? else { return Ok(None) };
        if let Some(number) = intention.order {
            // It has been confirmed before: the same again, whatever has become of it.
            return Ok(Some(match was_charged(&transaction, &number)? {
                true => Confirmed::Paid(number),
                false => Confirmed::Unpaid(number),
            }));
        }
        let Some(price) = self.seams.price(configuration, account) else { return Ok(None) };
        let (frozen, price) = (if configuration.is_hourly() { price.frozen() } else { 0 }, price.fee);
        let amount = if configuration.is_hourly() { 0 } else { price };
        let outcome = match self.refusal(account, configuration, price, shown) {
            Some(key) => Confirmed::Refused(key),
            // Without what is to be frozen, nothing is opened at all (CONTRACT T8).
            None if account.balance < frozen => Confirmed::Refused("cannot_freeze"),
            None => {
                let number = new_order(&transaction, account, configuration, &intention.content, (amount, frozen))?;
                match cannot_pay(account, amount + frozen) {
                    _ if !pays => Confirmed::Unpaid(number),
                    Some(_) => Confirmed::Unpaid(number),
                    None => {
                        charge(&transaction, account, &number, 0)?;
                        Confirmed::Paid(number)
                    }
                }
            }
        };
        let (order, message) = match &outcome {
            Confirmed::Paid(number) => (Some(number), ""),
            Confirmed::Unpaid(number) => (Some(number), cannot_pay(account, amount + frozen).unwrap_or_default()),
            Confirmed::Refused(key) => (None, *key),
        };
        transaction.execute(
            "update intentions set order_number = ?2, message = ?3, fee = ?4 where token = ?1",
            params![token, order, message, price],
        )?;
        transaction.commit()?;
        Ok(Some(outcome))
    }

    /// Why there will be no order at all: a key of the wording.
    fn refusal(
        &self,
        account: &Account,
        configuration: &Configuration,
        price: i64,
        shown: i64,
    ) -> Option<&'static str> {
        let problem = self.seams.check(configuration, account).first().map(|problem| problem.message);
        problem.or((!account.verified).then_some("unverified")).or((price != shown).then_some("price_changed"))
    }
}

fn was_charged(connection: &Connection, number: &str) -> rusqlite::Result<bool> {
    connection.query_row("select exists (select 1 from charges where order_number = ?1)", [number], |row| row.get(0))
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

fn new_order(
    connection: &Connection,
    account: &Account,
    configuration: &Configuration,
    content: &str,
    (amount, frozen): (i64, i64),
) -> rusqlite::Result<String> {
    let day = clock::day(account.now).replace('-', "");
    let last: Option<String> =
        connection
            .query_row("select max(number) from orders where number like ?1", [format!("{day}%")], |row| row.get(0))?;
    let next = last.and_then(|last| last[8..].parse::<i64>().ok()).map_or(100_001, |last| last + 1);
    let number = format!("{day}{next:06}");
    connection.execute(
        "insert into orders (number, account, content, amount, quantity, months, created, state, frozen) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'unpaid', ?8)",
        params![number, account.id, content, amount, configuration.quantity, configuration.months, account.now, frozen],
    )?;
    Ok(number)
}
