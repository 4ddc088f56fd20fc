//! Charging an order, or freezing part of the balance for it: the money goes and the instances come, in one transaction of the
//! caller's.

use rusqlite::{Connection, params};

use super::{Account, orders::ordered, token};
use crate::standin::clock;

/// Takes the money, but for what a voucher covers, and makes the instances, in the caller's transaction.
pub(super) fn charge(connection: &Connection, account: &Account, number: &str, covered: i64) -> rusqlite::Result<()> {
    let (amount, frozen, quantity, months): (i64, i64, i64, i64) = connection.query_row(
        "select amount, frozen, quantity, months from orders where number = ?1",
        [number],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let amount = amount - covered;
    connection.execute(
        "insert into charges (order_number, account, amount, at) values (?1, ?2, ?3, ?4)",
        params![number, account.id, amount, account.now],
    )?;
    // A voucher is used once, however much of it is needed.
    connection.execute(
        "update accounts set balance = balance - ?2 - ?3, frozen = frozen + ?3, voucher = case when ?4 > 0 then 0 else voucher end
         where id = ?1",
        params![account.id, amount, frozen, covered],
    )?;
    connection.execute("update orders set state = 'paid', covered = ?2 where number = ?1", params![number, covered])?;
    let configuration = ordered(connection, account, number)?;
    let today = configuration.today.as_ref();
    // As it was frozen when it was ordered: two hours of it.
    let hourly = if configuration.is_hourly() { frozen / 2 } else { 0 };
    for position in 0..quantity {
        let id = format!("tdsqlshard-{}", base36(&token()));
        let name = match (configuration.name.as_str(), quantity) {
            ("", _) => id.clone(),
            (name, 1) => name.to_owned(),
            (name, _) => format!("{name}-{}", position + 1),
        };
        // The remainder of an order that does not divide belongs to its first instance (CONTRACT 3.6.8).
        let share_of = |whole: i64| whole / quantity + if position == 0 { whole % quantity } else { 0 };
        let share = share_of(amount);
        connection.execute(
            "insert into instances (id, account, order_number, position, name, region, zone, network, vpc, subnet, replicas, memory, shards, disk, renew, share, created, expires, ready, character_set, table_names, sync_mode, hourly, frozen)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24)",
            params![
                id, account.id, number, position, name, configuration.region, configuration.zone, configuration.network, configuration.vpc, configuration.subnet,
                configuration.replicas, configuration.memory, configuration.shards, configuration.disk, configuration.renew, share, account.now,
                clock::months_later(account.now, months), today.is_some(), today.map(|today| &today.character_set),
                today.map(|today| &today.table_names), today.map(|today| &today.sync_mode), share_of(hourly), share_of(frozen),
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
