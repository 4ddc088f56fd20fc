//! Looking after purchases by the API, for accounts that have a key: it answers where pages are broken, which is when things
//! are left behind.

use std::time::Duration;

use anyhow::{bail, ensure};
use tokio::time::Instant;

use super::{Outcome, delivered, instance, kept, verdict::excess, worth, written};
use crate::{
    cloud_api::{Client, Instance},
    domain::{InstanceId, Money, Region, Status, named_after},
    guard::{Entry, Ledger},
    target::Deadlines,
};

/// How often an instance is looked at while it is waited for: well below the vendor's limit of questions.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Completes the rows of which the API lists all instances; gives the others. That it lists none does not say that nothing was
/// charged, and that it lists some does not say that no more are to come, since it knows of no order that is under way: that is
/// for the pages.
///
/// `balance`: what the account has, before anything is returned; by it more may be known to have been charged than was shown.
pub(super) fn complete<'a>(
    held: &[(Region, Instance)],
    balance: Option<Money>,
    ledger: &Ledger,
    rows: &[&'a Entry],
    outcome: &mut Outcome,
) -> anyhow::Result<Vec<&'a Entry>> {
    let mut open = Vec::new();
    let mut completed = Vec::new();
    for entry in rows {
        let all = ledger.entries()?;
        let of_another = |id: &InstanceId| {
            let siblings = all.iter().filter(|other| other.id != entry.id && other.is_of_purchase_of(entry));
            siblings.flat_map(|other| &other.delivered).any(|(held, _)| held == id)
        };
        let of_row = held.iter().filter(|(_, one)| named_after(&one.name, &entry.spend.name) && !of_another(&one.id));
        let bought: Vec<_> = of_row.map(|(_, one)| (&one.id, is_isolated(one))).collect();
        if entry.spend.name.is_empty() || bought.len() < entry.spend.instances as usize {
            open.push(*entry);
            continue;
        }
        let ids = delivered(ledger, entry, &bought)?;
        ledger.charged(entry.id, Money::default(), u32::try_from(bought.len())?)?;
        outcome.done.push(format!("bought      {}: {ids}, says the API", worth(entry)));
        completed.push(*entry);
    }
    if let Some(last) = completed.last() {
        let mut known = ledger.entries()?;
        known.retain(|other| other.spend.account == last.spend.account);
        if let Some(excess) = excess(rows, &known, balance) {
            ledger.charged_beyond(last.id, excess)?;
            outcome.done.push(format!("charged     {excess} more than was shown, by the balance, says the API"));
        }
    }
    if balance.is_some() {
        completed.iter().try_for_each(|entry| ledger.settled(entry.id))?;
    }
    Ok(open)
}

/// Returns these instances.
pub(super) async fn give_back(
    api: &Client,
    deadlines: &Deadlines,
    account: &str,
    ledger: Option<&Ledger>,
    signed: impl Iterator<Item = &(Region, Instance)>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    for (region, one) in signed {
        if !is_isolated(one) {
            if let Err(error) = return_one(api, deadlines, *region, &one.id).await {
                outcome.left.push(kept(account, &one.id, &one.name, &error));
                continue;
            }
            outcome.done.push(format!("returned    {} of {account} by the API", instance(&one.id, &one.name)));
        }
        written(ledger, account, &one.id, &one.name, outcome);
    }
    Ok(())
}

/// The instances of all regions that the API has codes of.
pub(super) async fn instances(api: &Client) -> anyhow::Result<Vec<(Region, Instance)>> {
    let mut all = Vec::new();
    for region in api.regions() {
        all.extend(api.instances(region).await?.into_iter().map(|one| (region, one)));
    }
    Ok(all)
}

fn is_isolated(one: &Instance) -> bool {
    one.status == Ok(Status::Isolated)
}

/// Returns an instance, once it has passed whatever state it is in, and sees it isolated. Asked for once: what may have acted
/// is looked up, not asked for again.
async fn return_one(api: &Client, deadlines: &Deadlines, region: Region, id: &InstanceId) -> anyhow::Result<()> {
    let returnable = [Status::Running, Status::Uninitialized];
    becomes(api, region, id, &returnable, deadlines.delivery.max(deadlines.initialisation)).await?;
    match api.isolate(region, std::slice::from_ref(id)).await {
        Ok(done) => {
            ensure!(done.contains(id), "the API was asked to return it and did not");
            becomes(api, region, id, &[Status::Isolated], deadlines.initialisation).await
        }
        // Why it was refused says more than that nothing came of it.
        Err(refused) => becomes(api, region, id, &[Status::Isolated], Duration::ZERO).await.map_err(|_| refused),
    }
}

/// Waits until an instance is in one of these states.
async fn becomes(
    api: &Client,
    region: Region,
    id: &InstanceId,
    wanted: &[Status],
    within: Duration,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + within;
    loop {
        let all = api.instances(region).await?;
        let status = all.iter().find(|one| one.id == *id).map(|one| one.status);
        if let Some(Ok(status)) = status
            && wanted.contains(&status)
        {
            return Ok(());
        }
        if Instant::now() + LOOK_EVERY > deadline {
            let wanted = wanted.iter().map(|status| status.key()).collect::<Vec<_>>().join(" or ");
            let saw = match status {
                Some(Ok(status)) => status.key().to_owned(),
                Some(Err(code)) => format!("status {code}"),
                None => "no such instance".to_owned(),
            };
            bail!("by the API it should become {wanted} within {within:?}, and is {saw}");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use super::*;
    use crate::{
        guard::{Caps, RunId, Spend, Stage},
        target::Cap,
    };

    fn listed(id: &str, name: &str) -> (Region, Instance) {
        let day = date(2026, 11, 24).at(8, 0, 0, 0);
        let instance = Instance {
            id: InstanceId(id.into()),
            name: name.into(),
            status: Ok(Status::Running),
            region: "ap-guangzhou".into(),
            zone: "ap-guangzhou-3".into(),
            shards: 2,
            nodes: 2,
            memory: 4,
            storage: 20,
            vpc: String::new(),
            subnet: String::new(),
            renews: false,
            created: day,
            ends: day,
        };
        (Region::of("guangzhou"), instance)
    }

    #[test]
    fn a_purchase_of_which_only_some_instances_are_listed_is_left_to_the_pages() {
        let ledger = Ledger::in_memory().expect("a ledger");
        let enough = Cap { amount: Money::fen(1_000), instances: 9 };
        let caps = Caps { per_order: enough, per_run: enough, per_day: enough };
        let spend = Spend {
            scenario: "two".into(),
            account: "Ana".into(),
            name: "dcdb-e2e-t2k9f1-x7qp1ab-0001".into(),
            what: "two clusters".into(),
            region: None,
            amount: Money::fen(100),
            frozen: None,
            instances: 2,
            balance: None,
        };
        let now = Timestamp::now();
        let row = ledger.reserve(&RunId::new(now).expect("a run"), &spend, &caps, now).expect("set aside");
        ledger.clicked(row, now).expect("clicked");
        let entries = ledger.entries().expect("rows");
        let rows: Vec<&Entry> = entries.iter().collect();
        let all = [
            listed("tdsqlshard-00000001", &format!("{}-1", spend.name)),
            listed("tdsqlshard-00000002", &format!("{}-2", spend.name)),
        ];
        for (held, open, stage) in [(&all[..1], 1, Stage::Clicked), (&all[..], 0, Stage::Instance)] {
            let left = complete(held, None, &ledger, &rows, &mut Outcome::default()).expect("written");
            assert_eq!((left.len(), ledger.entries().expect("rows")[0].stage), (open, stage), "{} listed", held.len());
        }
    }
}
