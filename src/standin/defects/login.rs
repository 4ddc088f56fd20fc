//! At the login, and of sessions.

use super::{
    Bend::{Asked, Happens, Stored, Written},
    Defect,
    requests::Happening,
};

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "password-has-no-label",
        clauses: &["3.2.1"],
        does: "the password has no label that belongs to it",
        says: r"login page: .*Password",
        bends: &[Written(
            "classic/login.html",
            r#"<label for="password">{{ t.password }}</label>"#,
            "<span>{{ t.password }}</span>",
        )],
    },
    Defect {
        name: "wrong-password-is-not-said",
        clauses: &["3.2.2"],
        does: "a refused login shows the form again and says nothing",
        says: r"login page: .*Incorrect e-mail or password",
        bends: &[Written("classic/login.html", r#"<p class="refusal" role="alert">{{ message }}</p>"#, "")],
    },
    Defect {
        name: "wrong-password-is-said-in-chinese",
        clauses: &["3.2.2"],
        does: "the message of a refused login is in the other language",
        says: r"login page: .*Incorrect e-mail or password",
        bends: &[Written("wording/en.yaml", "Incorrect e-mail or password", "邮箱或密码错误")],
    },
    Defect {
        name: "email-is-forgotten",
        clauses: &["3.2.2"],
        does: "a refused login empties the e-mail field",
        says: r"(?s)login page: .*mail.*should",
        bends: &[Written("classic/login.html", r#"value="{{ email }}""#, r#"value="""#)],
    },
    Defect {
        name: "never-locks",
        clauses: &["3.2.3"],
        does: "guessing passwords locks nothing",
        says: r"login page: .*(Too many failed attempts|should)",
        bends: &[Stored(
            "create temp trigger bent_never_locks after update of locked_until on accounts when new.locked_until > 0
             begin update accounts set locked_until = 0 where id = new.id; end;",
        )],
    },
    Defect {
        name: "locks-after-three",
        clauses: &["3.2.3"],
        does: "three failures lock the account already",
        says: r"login page: .*Incorrect e-mail or password",
        bends: &[Stored(
            "create temp trigger bent_locks_early after update of failed_logins on accounts when new.failed_logins = 3
             begin update accounts set locked_until = 99999999999999 where id = new.id; end;",
        )],
    },
    Defect {
        name: "locks-for-good",
        clauses: &["3.2.6"],
        does: "a lock never opens again",
        says: r"home page: .*should",
        bends: &[Stored(
            "create temp trigger bent_locks_for_good after update of locked_until on accounts when new.locked_until between 1 and 9999999999999
             begin update accounts set locked_until = 99999999999999 where id = new.id; end;",
        )],
    },
    Defect {
        name: "login-forgets-where-one-was",
        clauses: &["3.2.4"],
        does: "after the login one is on the home page, wherever one was",
        says: r"(purchase page|console overview|DCDB console|order list): .*should",
        bends: &[Written("classic/login.html", r#"value="{{ back }}""#, r#"value="""#)],
    },
    Defect {
        name: "login-leads-to-overview",
        clauses: &["3.2.4"],
        does: "after the login one is on the console overview, wherever one was",
        says: r"(purchase page|DCDB console|order list): .*should",
        bends: &[Written("classic/login.html", r#"value="{{ back }}""#, r#"value="{{ sites.console }}/""#)],
    },
    Defect {
        name: "login-goes-in-a-circle",
        clauses: &["3.2.4"],
        does: "who comes from the order list is sent to log in again and again",
        says: r"order list: .*should",
        bends: &[Happens(Happening {
            when: r"^GET console/expense/deal",
            nth: 0,
            sql: "delete from sessions where account = {account};",
        })],
    },
    Defect {
        name: "sessions-never-end",
        clauses: &["5.1"],
        does: "a session lives on however long nobody uses it",
        says: r"login page: .*should",
        bends: &[Stored(
            "create temp trigger bent_never_ends after update of clock_offset on accounts
             begin update sessions set seen = seen + new.clock_offset - old.clock_offset where account = new.id; end;",
        )],
    },
    Defect {
        name: "login-drops-choices",
        clauses: &["3.2.5"],
        does: "who has to log in while choosing finds the purchase page as it opens",
        says: r"purchase page: .*should",
        bends: &[Asked(r"^(GET portal/login\?s_url=[^\n]*%2Fdcdb)%3F[^\n]*", "$1")],
    },
    Defect {
        name: "login-drops-check-page",
        clauses: &["3.2.5"],
        does: "who has to log in before confirming finds the purchase page instead of the check page",
        says: r"check page: .*should",
        bends: &[Asked(r"^(GET portal/login\?s_url=[^\n]*%2Fdcdb)%2Fcheck[^\n]*", "$1")],
    },
    Defect {
        name: "dialog-does-not-ask-to-log-in",
        clauses: &["3.2.4"],
        does: "a dialog of the console says that the service is busy when the session has ended",
        says: r"login page: .*should",
        bends: &[Written("classic/site.js", "if (answer.login) { location.reload(); return; }", "")],
    },
];
