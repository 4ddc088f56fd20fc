//! Orders: paid, cancelled or expired once.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Account, Store, accounts::one_account, charge::charge, token};
use crate::standin::configuration::Configuration;

/// How long an order may stay unpaid, ms.
const UNPAID: i64 = 30 * 60 * 1000;

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

    /// Whether it has been charged.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Processing | Self::Successful | Self::Refunded)
    }
}

/// An order.
#[derive(Debug, Clone)]
pub struct Order {
    /// 14 digits.
    pub number: String,
    /// Fen; nothing of what is paid by the hour.
    pub amount: i64,
    /// What is, or is to be, frozen for it, fen.
    pub frozen: i64,
    /// What a voucher covered of it, fen.
    pub covered: i64,
    /// ms since 1970.
    pub created: i64,
    /// As of now, but for what depends on its instances' delivery.
    pub state: OrderState,
    /// Its instances, once paid.
    pub instances: Vec<String>,
}

impl Store {
    /// Pays an unpaid order, with the account's voucher if that is wished. `Ok(Err(state))`: it is no longer unpaid. `Ok(Ok(Some(key)))`: it stays unpaid, for that reason.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pay(
        &self,
        account: &Account,
        number: &str,
        voucher: bool,
    ) -> rusqlite::Result<Option<Result<Option<&'static str>, OrderState>>> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        expire(&transaction, account)?;
        let Some(order) = one(&transaction, account, number)? else { return Ok(None) };
        if order.state != OrderState::Unpaid {
            transaction.commit()?;
            return Ok(Some(Err(order.state)));
        }
        let Some(account) = &one_account(&transaction, account.id)? else { return Ok(None) };
        let undeliverable =
            self.seams.check(&ordered(&transaction, account, number)?, account).first().map(|problem| problem.message);
        let covered = if voucher { covered(account, &order) } else { 0 };
        let refused = undeliverable.or(cannot_pay(account, order.amount - covered + order.frozen));
        if refused.is_none() {
            charge(&transaction, account, number, covered)?;
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

    /// What stands for an order at the cashier, who knows no session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn cashier(&self, account: &Account, number: &str) -> rusqlite::Result<String> {
        let connection = self.lock();
        connection.execute(
            "insert into cashiers (token, account, order_number) values (?1, ?2, ?3) on conflict (order_number) do nothing",
            params![token(), account.id, number],
        )?;
        connection.query_row("select token from cashiers where order_number = ?1", [number], |row| row.get(0))
    }

    /// The account and the order that this stands for at the cashier.
    ///
    /// # Errors
    /// When the database fails.
    pub fn at_cashier(&self, token: &str) -> rusqlite::Result<Option<(Account, Order)>> {
        let connection = self.lock();
        let found: Option<(i64, String)> = connection
            .query_row("select account, order_number from cashiers where token = ?1", [token], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((id, number)) = found else { return Ok(None) };
        let Some(account) = one_account(&connection, id)? else { return Ok(None) };
        expire(&connection, &account)?;
        Ok(one(&connection, &account, &number)?.map(|order| (account, order)))
    }

    /// How many instances an order of this account is for.
    ///
    /// # Errors
    /// When the database fails, or it has no such order.
    pub fn quantity(&self, account: &Account, number: &str) -> rusqlite::Result<i64> {
        let sql = "select quantity from orders where number = ?1 and account = ?2";
        self.lock().query_row(sql, params![number, account.id], |row| row.get(0))
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

/// What was ordered. It passed all checks when it was, and is held against them again by whoever pays it.
pub(super) fn ordered(connection: &Connection, account: &Account, number: &str) -> rusqlite::Result<Configuration> {
    let content: String =
        connection.query_row("select content from orders where number = ?1", [number], |row| row.get(0))?;
    let form = url::form_urlencoded::parse(content.as_bytes()).into_owned().collect();
    Configuration::read(&form, account).map_err(|_| rusqlite::Error::InvalidQuery)
}

/// Why an order will stay unpaid: a key of the wording.
pub(super) fn cannot_pay(account: &Account, amount: i64) -> Option<&'static str> {
    if !account.finance_right {
        return Some("no_finance_right");
    }
    (account.balance < amount).then_some("insufficient")
}

/// What an account's voucher covers of an order: nothing of what is frozen (CONTRACT T8, T9).
pub fn covered(account: &Account, order: &Order) -> i64 {
    account.voucher.min(order.amount)
}

const ORDER: &str = "number, amount, created, state, frozen, covered";

fn order(row: &Row<'_>) -> rusqlite::Result<(Order, String)> {
    let order = Order {
        number: row.get(0)?,
        amount: row.get(1)?,
        frozen: row.get(4)?,
        covered: row.get(5)?,
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
