//! Charging an order: the money goes and the instances come, in one transaction of the caller's.

use rusqlite::{Connection, params};

use super::{Account, orders::ordered, token};
use crate::standin::clock;

/// Takes the money and makes the instances, in the caller's transaction.
pub(super) fn charge(connection: &Connection, account: &Account, number: &str) -> rusqlite::Result<()> {
    let (amount, quantity, months): (i64, i64, i64) =
        connection.query_row("select amount, quantity, months from orders where number = ?1", [number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    connection.execute(
        "insert into charges (order_number, account, amount, at) values (?1, ?2, ?3, ?4)",
        params![number, account.id, amount, account.now],
    )?;
    connection.execute("update accounts set balance = balance - ?2 where id = ?1", params![account.id, amount])?;
    connection.execute("update orders set state = 'paid' where number = ?1", [number])?;
    let configuration = ordered(connection, account, number)?;
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
                clock::months_later(account.now, months),
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
