//! Accounts, their sessions, and the world that each sees for itself.

use argon2::{Algorithm, Argon2, Params, Version};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Store, machine_now, token};

/// How long a session lives without being used, ms.
const SESSION: i64 = 30 * 60 * 1000;
/// How many failures in a row lock the login.
const FAILURES: i64 = 5;
/// How long they lock it, ms.
const LOCK: i64 = 60 * 1000;

/// What a new account is to have.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// As pages show it.
    pub name: Option<String>,
    /// Fen.
    pub balance: i64,
    /// Identity verified.
    pub verified: bool,
    /// May pay.
    pub finance_right: bool,
    /// Approved for finance zones.
    pub finance_zones: bool,
    /// What its voucher is worth, fen; none, if nothing.
    pub voucher: i64,
    /// It has a VPC in every region.
    pub vpc_everywhere: bool,
}

/// An account, as a request sees it.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    pub id: i64,
    /// As pages show it.
    pub name: String,
    /// To log in with.
    pub email: String,
    /// What it can spend, fen: what is frozen is not among it.
    pub balance: i64,
    /// Fen.
    pub frozen: i64,
    /// What its voucher is worth, fen.
    pub voucher: i64,
    /// It has a VPC in every region.
    pub vpc_everywhere: bool,
    /// Identity verified.
    pub verified: bool,
    /// May pay.
    pub finance_right: bool,
    /// Approved for finance zones.
    pub finance_zones: bool,
    /// Prices stand at so many percent of the list.
    pub price_percent: i64,
    /// `ok`, `failing` or `slow`.
    pub price_service: String,
    /// Zones that are sold out for this account, beside those that are for everybody.
    pub sold_out: Vec<String>,
    /// The state in which its instances are held; empty for none.
    pub hold: String,
    /// Now, by the account's clock, ms since 1970.
    pub now: i64,
}

/// Somebody who is logged in.
#[derive(Debug, Clone)]
pub struct Session {
    /// The cookie's value.
    pub token: String,
    /// What the session's forms carry.
    pub csrf: String,
    /// Who.
    pub account: Account,
}

const COLUMNS: &str = "a.id, a.name, a.email, a.balance, a.verified, a.finance_right, a.finance_zones, a.price_percent, a.price_service, a.sold_out, a.hold, a.clock_offset, a.frozen, a.voucher, a.vpc_everywhere";
/// How many those are.
const OWN: usize = 15;

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let sold_out: String = row.get(9)?;
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        balance: row.get(3)?,
        verified: row.get(4)?,
        finance_right: row.get(5)?,
        finance_zones: row.get(6)?,
        price_percent: row.get(7)?,
        price_service: row.get(8)?,
        sold_out: sold_out.split_whitespace().map(str::to_owned).collect(),
        hold: row.get(10)?,
        now: machine_now() + row.get::<_, i64>(11)?,
        frozen: row.get(12)?,
        voucher: row.get(13)?,
        vpc_everywhere: row.get(14)?,
    })
}

/// The account of that number, as it is now: within a transaction, nothing else can change it before that ends.
pub(super) fn one_account(connection: &Connection, id: i64) -> rusqlite::Result<Option<Account>> {
    connection.query_row(&format!("select {COLUMNS} from accounts a where a.id = ?1"), [id], account).optional()
}

/// The password as it is kept: salted, by Argon2id. Memory and passes are small on purpose: accounts live for one test,
/// and one is made for each.
fn hash(password: &str, salt: &str) -> String {
    let mut out = [0u8; 32];
    let argon =
        Params::new(64, 1, 1, Some(out.len())).map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
    match argon.map(|argon| argon.hash_password_into(password.as_bytes(), salt.as_bytes(), &mut out)) {
        Ok(Ok(())) => format!("{salt}${}", out.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        // The parameters are constants, so this cannot depend on what anybody enters.
        _ => panic!("Argon2 refuses the parameters of the stand-in"),
    }
}

impl Store {
    /// Makes an account; gives it with its password and API keys.
    ///
    /// # Errors
    /// When the database fails.
    pub fn make_account(&self, new: &NewAccount) -> rusqlite::Result<(Account, String, String, String)> {
        let mark = token();
        // Long enough for an account that lives for one test on one machine, short enough to be typed key by key.
        let (password, secret_id, secret_key) = (token()[..12].to_owned(), format!("AKID{}", token()), token());
        let name = new.name.clone().unwrap_or_else(|| format!("buyer-{}", &mark[..8]));
        let email = format!("{}@buyers.example", &mark[..12]);
        let hashed = hash(&password, &token());
        let connection = self.lock();
        connection.execute(
            "insert into accounts (name, email, password_hash, balance, verified, finance_right, finance_zones, secret_id, secret_key, voucher, vpc_everywhere) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![name, email, hashed, new.balance, new.verified, new.finance_right, new.finance_zones, secret_id, secret_key, new.voucher, new.vpc_everywhere],
        )?;
        let id = connection.last_insert_rowid();
        let made = connection.query_row(&format!("select {COLUMNS} from accounts a where a.id = ?1"), [id], account)?;
        Ok((made, password, secret_id, secret_key))
    }

    /// The account of that number.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account(&self, id: i64) -> rusqlite::Result<Option<Account>> {
        one_account(&self.lock(), id)
    }

    /// The account that an API key belongs to, and the secret that signs with it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn account_of_key(&self, secret_id: &str) -> rusqlite::Result<Option<(Account, String)>> {
        self.lock()
            .query_row(
                &format!("select {COLUMNS}, a.secret_key from accounts a where a.secret_id = ?1"),
                [secret_id],
                |row| Ok((account(row)?, row.get(OWN)?)),
            )
            .optional()
    }

    /// Logs in. `Ok(Err(key))` is a refusal, by the key of its wording.
    ///
    /// # Errors
    /// When the database fails.
    pub fn log_in(&self, email: &str, password: &str) -> rusqlite::Result<Result<Session, &'static str>> {
        // One hold of the lock from the look to the count: attempts that come at once are counted one by one.
        let connection = self.lock();
        let found = connection
            .query_row(&format!("select {COLUMNS}, a.password_hash, a.failed_logins, a.locked_until from accounts a where a.email = ?1"), [email.trim().to_ascii_lowercase()], |row| {
                Ok((account(row)?, row.get::<_, String>(OWN)?, row.get::<_, i64>(OWN + 1)?, row.get::<_, i64>(OWN + 2)?))
            })
            .optional()?;
        let Some((account, kept, failed, locked_until)) = found else { return Ok(Err("wrong_login")) };
        if locked_until > account.now {
            return Ok(Err("locked_login"));
        }
        let right = hash(password, kept.split('$').next().unwrap_or_default()) == kept;
        let (failed, locked_until, refusal) = match failed + 1 {
            _ if right => (0, 0, None),
            FAILURES => (0, account.now + LOCK, Some("locked_login")),
            failed => (failed, 0, Some("wrong_login")),
        };
        connection.execute(
            "update accounts set failed_logins = ?2, locked_until = ?3 where id = ?1",
            params![account.id, failed, locked_until],
        )?;
        if let Some(key) = refusal {
            return Ok(Err(key));
        }
        let session = Session { token: token(), csrf: token(), account };
        connection.execute(
            "insert into sessions (token, account, csrf, seen) values (?1, ?2, ?3, ?4)",
            params![session.token, session.account.id, session.csrf, session.account.now],
        )?;
        Ok(Ok(session))
    }

    /// The session of a cookie, where it still lives; using it keeps it alive.
    ///
    /// # Errors
    /// When the database fails.
    pub fn session(&self, cookie: &str) -> rusqlite::Result<Option<Session>> {
        let connection = self.lock();
        let found = connection
            .query_row(&format!("select {COLUMNS}, s.csrf, s.seen from sessions s join accounts a on a.id = s.account where s.token = ?1"), [cookie], |row| {
                Ok((Session { token: cookie.to_owned(), account: account(row)?, csrf: row.get(OWN)? }, row.get::<_, i64>(OWN + 1)?))
            })
            .optional()?;
        let Some((session, seen)) = found else { return Ok(None) };
        if session.account.now - seen > SESSION {
            connection.execute("delete from sessions where token = ?1", [cookie])?;
            return Ok(None);
        }
        if session.account.now != seen {
            connection
                .execute("update sessions set seen = ?2 where token = ?1", params![cookie, session.account.now])?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub fn log_out(&self, cookie: &str) -> rusqlite::Result<()> {
        self.lock().execute("delete from sessions where token = ?1", [cookie]).map(drop)
    }

    /// Keeps a sentence for the session's next page.
    ///
    /// # Errors
    /// When the database fails.
    pub fn say(&self, session: &Session, said: &str) -> rusqlite::Result<()> {
        self.lock().execute("update sessions set said = ?2 where token = ?1", params![session.token, said]).map(drop)
    }

    /// Takes the sentence that was kept.
    ///
    /// # Errors
    /// When the database fails.
    pub fn said(&self, session: &Session) -> rusqlite::Result<String> {
        let connection = self.lock();
        let said: String = connection
            .query_row("select said from sessions where token = ?1", [&session.token], |row| row.get(0))
            .optional()?
            .unwrap_or_default();
        if !said.is_empty() {
            connection.execute("update sessions set said = '' where token = ?1", [&session.token])?;
        }
        Ok(said)
    }

    /// Takes note that the next confirmation's reply is to be lost, if so; only once.
    ///
    /// # Errors
    /// When the database fails.
    pub fn takes_lost_reply(&self, account: i64) -> rusqlite::Result<bool> {
        Ok(self.lock().execute("update accounts set lose_reply = 0 where id = ?1 and lose_reply = 1", [account])? == 1)
    }

    /// Changes one thing of an account's world. The column is one of ours, never a caller's text.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_world(&self, id: i64, column: &'static str, value: impl rusqlite::ToSql) -> rusqlite::Result<()> {
        self.lock().execute(&format!("update accounts set {column} = ?2 where id = ?1"), params![id, value]).map(drop)
    }

    /// Moves an account's clock on.
    ///
    /// # Errors
    /// When the database fails.
    pub fn advance_clock(&self, id: i64, ms: i64) -> rusqlite::Result<()> {
        self.lock()
            .execute("update accounts set clock_offset = clock_offset + ?2 where id = ?1", params![id, ms])
            .map(drop)
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_sessions(&self, id: i64) -> rusqlite::Result<()> {
        self.lock().execute("delete from sessions where account = ?1", [id]).map(drop)
    }
}
