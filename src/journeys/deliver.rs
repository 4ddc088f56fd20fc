//! From the result page to an instance that can be used.

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::Date,
    tz::{TimeZone, offset},
};

use crate::{
    domain::{Failure, Field, Findings, InstanceId, Money, Purchase, Status, may_end},
    guard::signed_by,
    pages::{Browsing, CheckPage, ConsolePage, InstanceRow, Operation, OverviewPage, PurchasePage, ResultPage},
    target::{Delivered, Likeness, Page, Text, fill},
};

use super::buy::region_of;

/// "Go to Console" and by the menu of cloud products to the DCDB console (P4).
///
/// # Errors
/// Class product: a page or element of the way is not there.
pub async fn to_console_from_result(browsing: &Browsing) -> anyhow::Result<()> {
    ResultPage::of(browsing).go_to_console().await?;
    OverviewPage::of(browsing).products_menu().follow(browsing).await?;
    browsing.arrive(Page::Console).await
}

/// The instances of a purchase are in the console, under their region and no more of them than were bought, each as it
/// was chosen (P5, I2), and come to Uninitialized with "Initialize" offered; or to Running without, where the target delivers
/// them so.
///
/// # Errors
/// Class product: one is missing, another, or not delivered in time.
pub async fn find_instances(browsing: &Browsing, purchase: &Purchase) -> anyhow::Result<Vec<InstanceRow>> {
    let console = ConsolePage::of(browsing);
    let profile = &browsing.target.profile;
    console.show_region(region_of(purchase)?).await?;
    let rows = own_instances(browsing, purchase).await?;
    let mut findings = Findings::default();
    let to_initialise = profile.delivered_as == Delivered::Uninitialized;
    for row in &rows {
        be_delivered(browsing, &row.id).await?;
        findings.note(console.operation_should_be(&row.id, Operation::Initialize, to_initialise).await)?;
        findings.note(should_be_as_chosen(browsing, &row.id, purchase).await)?;
        findings.note(should_last_as_paid(browsing, &row.id, purchase).await)?;
    }
    findings.note(should_be_named(&rows, purchase.get(Field::NAME).unwrap_or_default()))?;
    findings.verdict()?;
    Ok(rows)
}

/// An instance comes to the status in which the target delivers it.
///
/// # Errors
/// Class product: it does not in time.
pub async fn be_delivered(browsing: &Browsing, id: &InstanceId) -> anyhow::Result<()> {
    let profile = &browsing.target.profile;
    let delivered = match profile.delivered_as {
        Delivered::Uninitialized => Status::Uninitialized,
        Delivered::Running => Status::Running,
    };
    ConsolePage::of(browsing).status_should_become(id, delivered, profile.deadlines.delivery).await
}

/// The instances of a purchase among those of the region shown. Only a name of the suite's own making tells them from what
/// else the account has; where there is none, the account has nothing else.
///
/// # Errors
/// Class product: there are fewer or more.
pub async fn own_instances(browsing: &Browsing, purchase: &Purchase) -> anyhow::Result<Vec<InstanceRow>> {
    let console = ConsolePage::of(browsing);
    match purchase.get(Field::NAME).filter(|name| signed_by(name).is_some()) {
        Some(name) => console.instances_named(name, purchase.quantity()).await,
        None => console.instances(purchase.quantity()).await,
    }
}

async fn should_be_as_chosen(browsing: &Browsing, id: &InstanceId, purchase: &Purchase) -> anyhow::Result<()> {
    let profile = &browsing.target.profile;
    let word = |vocabulary: &str, field: Field| -> anyhow::Result<Option<String>> {
        purchase.get(field).map(|key| profile.word(vocabulary, key)).transpose()
    };
    let number = |field: Field| purchase.get(field).unwrap_or_default().to_owned();
    let zone = word("zone", Field::ZONE)?.map(Text::Is);
    let replicas = word("replicas", Field::VERSION)?.unwrap_or_default();
    let parts = BTreeMap::from([
        ("shards", number(Field::SHARDS)),
        ("memory", number(Field::SHARD_SPECIFICATION)),
        ("disk", number(Field::DISK)),
        ("replicas", replicas),
    ]);
    let configuration = Some(Text::Is(fill(&profile.formats.configuration, &parts)));
    // A VPC is the account's own: only a profile that has words for them calls one otherwise than the page.
    let vpc = if profile.words.contains_key("vpc") {
        word("vpc", Field::VPC)?
    } else {
        purchase.get(Field::VPC).map(str::to_owned)
    };
    let network = vpc.or(word("network", Field::NETWORK)?);
    let network = network.map(|network| Text::Like(Likeness::Contains(network)));
    let cells = [("zone", zone), ("configuration", configuration), ("network", network)];
    let cells = cells.into_iter().filter_map(|(cell, text)| Some((cell, text?)));
    ConsolePage::of(browsing).cells_should_show(id, cells).await
}

/// An instance that was bought today expires at the end of the period that was paid for, which what is paid by the hour has none of.
async fn should_last_as_paid(browsing: &Browsing, id: &InstanceId, purchase: &Purchase) -> anyhow::Result<()> {
    let by_the_hour = browsing.target.profile.catalogue.is_by_the_hour(purchase);
    let Some(months) = purchase.get(Field::PERIOD).and_then(|key| key.parse().ok()).filter(|_| !by_the_hour) else {
        return Ok(());
    };
    let Some(expires) = ConsolePage::of(browsing).expires(id).await? else { return Ok(()) };
    match may_end(months, vendors_day()) {
        Some(days) if !days.contains(&expires) => Err(Failure::product(format!(
            "DCDB console: {id}, bought today for {months} months, should expire from {} to {} (I2)\n  saw      {expires}",
            days.start(),
            days.end()
        ))
        .into()),
        _ => Ok(()),
    }
}

/// Today, where the vendor's days begin.
#[must_use]
pub fn vendors_day() -> Date {
    Timestamp::now().to_zoned_datetime(TimeZone::fixed(offset(8))).date()
}

/// An instance without a name is named by its id; several with one get `-1`, `-2`, … (CONTRACT 3.3.10).
fn should_be_named(rows: &[InstanceRow], name: &str) -> anyhow::Result<()> {
    let mut seen: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    let mut expected: Vec<String> = match (name, rows.len()) {
        ("", _) => rows.iter().map(|row| row.id.0.clone()).collect(),
        (name, 1) => vec![name.to_owned()],
        (name, count) => (1..=count).map(|number| format!("{name}-{number}")).collect(),
    };
    seen.sort_unstable();
    expected.sort_unstable();
    if seen != expected {
        return Err(Failure::product(format!(
            "DCDB console: the instances should be named {expected:?}\n  saw      {seen:?}"
        ))
        .into());
    }
    Ok(())
}

/// Brings an instance to where it can be used: initialises it as most buyers do, or, where the target delivers it running, sees
/// that it runs.
///
/// # Errors
/// Class product: it does not run in time.
pub async fn take_into_use(browsing: &Browsing, id: &InstanceId) -> anyhow::Result<()> {
    let profile = &browsing.target.profile;
    match profile.delivered_as {
        Delivered::Uninitialized => initialise(browsing, id, &profile.catalogue.parameters(&[])?).await,
        Delivered::Running => be_delivered(browsing, id).await,
    }
}

/// Initialises an instance with these parameters, by their keys, and waits until it runs (P5).
///
/// # Errors
/// Class product: it cannot be initialised, or does not run in time.
pub async fn initialise(browsing: &Browsing, id: &InstanceId, parameters: &[(String, String)]) -> anyhow::Result<()> {
    let console = ConsolePage::of(browsing);
    console.open_initialise(id).await?;
    console.initialise(parameters).await?;
    console.status_should_become(id, Status::Running, browsing.target.profile.deadlines.initialisation).await
}

/// Opens the purchase page anew and goes on to the check page, where the balance is shown. Buys nothing.
///
/// # Errors
/// Class product: a page does not come.
pub async fn to_new_check_page(browsing: &Browsing) -> anyhow::Result<Money> {
    browsing.open(Page::Purchase).await?;
    let page = PurchasePage::of(browsing);
    page.total_fee().await?;
    page.purchase_now().await?;
    CheckPage::of(browsing).balance().await
}
