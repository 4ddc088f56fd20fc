//! Looking after purchases by the API, for accounts that have a key: it answers where pages are broken, which is when things
//! are left behind.

use std::time::Duration;

use anyhow::{bail, ensure};
use tokio::time::Instant;

use super::{Leftover, Outcome, Whose, instance, reconcile::is_of, worth};
use crate::{
    cloud_api::{Client, Instance},
    domain::{InstanceId, Region, Status},
    guard::{Entry, Ledger},
    target::Deadlines,
};

/// How often an instance is looked at while it is waited for: well below the vendor's limit of questions.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Completes the rows whose instances the API lists; gives those that it cannot explain. That it lists no
/// instance does not say that nothing was charged, since it knows of no order that is under way: that is for the pages.
pub(super) async fn complete<'a>(
    api: &Client,
    ledger: &Ledger,
    rows: &[&'a Entry],
    outcome: &mut Outcome,
) -> anyhow::Result<Vec<&'a Entry>> {
    let held = instances(api).await?;
    let mut unexplained = Vec::new();
    for entry in rows {
        let bought: Vec<&Instance> =
            held.iter().map(|(_, one)| one).filter(|one| is_of(&one.name, &entry.spend.name)).collect();
        if entry.spend.name.is_empty() || bought.is_empty() {
            unexplained.push(*entry);
            continue;
        }
        let ids: Vec<InstanceId> = bought.iter().map(|one| one.id.clone()).collect();
        ledger.delivered(entry.id, &ids)?;
        for one in bought.iter().filter(|one| one.status == Ok(Status::Isolated)) {
            ledger.returned(&one.id)?;
        }
        let ids: Vec<&str> = ids.iter().map(|id| id.0.as_str()).collect();
        outcome.done.push(format!("bought      {}: {}, says the API", worth(entry), ids.join(", ")));
    }
    Ok(unexplained)
}

/// Returns what is signed.
pub(super) async fn give_back(
    api: &Client,
    deadlines: &Deadlines,
    account: &str,
    ledger: Option<&Ledger>,
    whose: Whose<'_>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    for (region, one) in instances(api).await?.iter().filter(|(_, one)| whose.signed(&one.name)) {
        let isolated = one.status == Ok(Status::Isolated);
        if !isolated && let Err(error) = return_one(api, deadlines, *region, &one.id).await {
            outcome.left.push(Leftover {
                account: account.to_owned(),
                what: instance(&one.id, &one.name),
                why: format!("it could not be returned: {error:#}"),
            });
            continue;
        }
        ledger.map_or(Ok(()), |ledger| ledger.returned(&one.id))?;
        if !isolated {
            outcome.done.push(format!("returned    {} of {account} by the API", instance(&one.id, &one.name)));
        }
    }
    Ok(())
}

/// The instances of all regions that the API has codes of.
async fn instances(api: &Client) -> anyhow::Result<Vec<(Region, Instance)>> {
    let mut all = Vec::new();
    for region in api.regions() {
        all.extend(api.instances(region).await?.into_iter().map(|one| (region, one)));
    }
    Ok(all)
}

/// Returns an instance, once it has passed whatever state it is in, and sees it isolated. Asked for once: what may have acted is
/// looked up, not asked for again.
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
