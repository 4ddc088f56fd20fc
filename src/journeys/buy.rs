//! Choosing, checking and paying.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::{
    domain::{Bill, Class, Failure, Field, Findings, Money, OrderNumber, Purchase, class_of},
    guard::Permit,
    pages::{Browsing, CheckPage, Led, PaymentPage, Press, PurchasePage, ResultPage},
    target::Page,
};

/// A page that leads on by itself does so in about this time.
const LEADS_ON: Duration = Duration::from_secs(2);
/// A page that has come is seen at once.
const GLANCE: Duration = Duration::from_millis(300);

/// Makes choices on the purchase page, in the order of the page: what resets others comes before them.
///
/// # Errors
/// Class product: a choice is not offered or does not take.
pub async fn choose(browsing: &Browsing, choices: &Purchase) -> anyhow::Result<()> {
    let page = PurchasePage::of(browsing);
    for (field, _) in browsing.target.profile.catalogue.in_order() {
        if let Some(key) = choices.get(field) {
            page.field(field)?.choose(key).await?;
        }
    }
    Ok(())
}

/// Reads what is chosen and what it costs, and presses "Purchase Now" (P1). `made`: the choices that were made, which the page must
/// still show now that it has priced them all: it may have altered one when another was made.
///
/// # Errors
/// Class product: no price, a choice is another than was made, or the check page does not come. Class test: the profile has no word
/// for what says how many instances it is for, or how it is paid.
pub async fn to_check_page(browsing: &Browsing, made: &Purchase) -> anyhow::Result<(Purchase, Money)> {
    let page = PurchasePage::of(browsing);
    let fee = page.total_fee().await?;
    let mut chosen = page.read_choices().await?;
    for (field, key) in made.choices() {
        if chosen.get(field) != Some(key) {
            page.field(field)?.should_be(key).await.with_context(|| {
                format!("once all choices were made and priced, each should still be chosen (I2), {field} too")
            })?;
            chosen.set(field, key);
        }
    }
    page.should_be_understood(&chosen).await?;
    page.purchase_now().await?;
    Ok((chosen, fee))
}

/// The check page repeats every choice and the fee (I1, I2).
///
/// # Errors
/// Class product: one is missing or another.
pub async fn check_shows(browsing: &Browsing, purchase: &Purchase, fee: Money) -> anyhow::Result<()> {
    let page = CheckPage::of(browsing);
    let mut findings = Findings::default();
    findings.note(page.should_repeat(purchase).await)?;
    findings.note(page.total_fee_should_be(fee).await)?;
    findings.verdict()
}

/// The check page offers one of these purchases, at the price that is its own, or nothing (I7).
///
/// # Errors
/// Class product: it offers another, or one of them at another price.
pub async fn check_shows_one_of_or_refuses(browsing: &Browsing, may_be: &[(&Purchase, Money)]) -> anyhow::Result<()> {
    let page = CheckPage::of(browsing);
    if page.refuses().await? {
        return Ok(());
    }
    // Who may not have it may be led elsewhere, such as to the purchase page, which shows a fee as well.
    let here = browsing.arrive_within(Page::Check, browsing.target.profile.deadlines.element).await;
    let fee = match here {
        Ok(()) => page.total_fee().await,
        Err(elsewhere) => Err(elsewhere),
    };
    let fee = match fee {
        Ok(fee) => fee,
        Err(error) if class_of(&error) == Class::Product => return page.should_not_be_confirmable().await,
        Err(error) => return Err(error),
    };
    if let Some((purchase, _)) = may_be.iter().find(|(_, price)| *price == fee) {
        return check_shows(browsing, purchase, fee).await;
    }
    let prices: Vec<String> = may_be.iter().map(|(_, price)| price.to_string()).collect();
    Err(Failure::product(format!(
        "check page: what can be confirmed should cost what it costs, {} (I7)\n  saw      {fee}",
        prices.join(" or ")
    ))
    .into())
}

/// What a check page that was confirmed before has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is offered once more.
    Confirm,
    /// It has led on to the result by itself.
    Result,
    /// Its place in the history has gone to the result, so that Back leads to the purchase page.
    Purchase,
}

/// Waits until it is known what a check page that was confirmed before has come to.
///
/// # Errors
/// Class product: none of these comes in time.
pub async fn offered_again(browsing: &Browsing) -> anyhow::Result<Again> {
    let begun = Instant::now();
    loop {
        let Err(elsewhere) = browsing.arrive_within(Page::Result, LEADS_ON).await else { return Ok(Again::Result) };
        if class_of(&elsewhere) != Class::Product {
            return Err(elsewhere);
        }
        match CheckPage::of(browsing).should_be_confirmable().await {
            Ok(()) => return Ok(Again::Confirm),
            Err(error) if class_of(&error) != Class::Product => return Err(error),
            Err(_) => {}
        }
        // Both may be at one address.
        let is_check = browsing.arrive_within(Page::Check, GLANCE).await.is_ok();
        if !is_check && browsing.arrive_within(Page::Purchase, GLANCE).await.is_ok() {
            return Ok(Again::Purchase);
        }
        if browsing.left_of(browsing.target.profile.deadlines.arrival, begun).is_zero() {
            return Err(elsewhere);
        }
    }
}

/// What was pressed last to pay.
#[derive(Debug, Clone, Copy)]
pub struct Pressed {
    /// What was to be taken of the account by then.
    pub bill: Bill,
    /// The page that it was on.
    pub at: Page,
}

/// Pays for what the check page shows (P2): by "Confirm Purchase", or on the payment page that it leads to where the target has
/// one, which must ask for the same fee (I1). `voucher`: takes one; else it is left, be it taken beforehand. All that pays for
/// a purchase goes this way. What follows is the caller's to wait for: the result page, or a refusal where the press was.
///
/// # Errors
/// Class product: a button cannot be pressed, or the payment page does not come or asks for another amount; nothing is paid then.
pub async fn pay(browsing: &Browsing, permit: Permit, press: Press, voucher: Option<bool>) -> anyhow::Result<Pressed> {
    let check = CheckPage::of(browsing);
    let Some(payment) = PaymentPage::of(browsing) else {
        let bill = check.settle(permit.bill(), voucher).await?;
        check.confirm(permit, press).await?;
        return Ok(Pressed { bill, at: Page::Check });
    };
    if check.go_to_payment(&payment, &permit, press).await? != Led::ToPayment {
        return Ok(Pressed { bill: permit.bill(), at: Page::Check });
    }
    let settled = async {
        payment.amount_should_be(permit.amount()).await?;
        payment.settle(permit.bill(), voucher).await
    };
    let bill = match settled.await {
        // The second press of two may have met what pays there.
        Err(error) if press != Press::Once => {
            permit.ordering()?;
            return Err(error);
        }
        settled => settled?,
    };
    payment.pay(permit, press).await?;
    Ok(Pressed { bill, at: Page::Payment })
}

/// Waits for "Payment successful" (P3), and gives its order.
///
/// # Errors
/// Class product: the result page does not come.
pub async fn paid(browsing: &Browsing) -> anyhow::Result<OrderNumber> {
    browsing.arrive_within(Page::Result, browsing.target.profile.deadlines.payment).await?;
    ResultPage::of(browsing).order_number().await
}

/// The region of a purchase is what the console shows its instances under.
///
/// # Errors
/// Class test: no region was chosen or read.
pub(super) fn region_of(purchase: &Purchase) -> anyhow::Result<crate::domain::Region> {
    purchase.region().ok_or_else(|| {
        Failure::test(format!("nothing is known of the {} of this purchase: {purchase}", Field::REGION)).into()
    })
}
