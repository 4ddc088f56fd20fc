//! Choosing, checking and paying.

use crate::{
    domain::{Field, Money, OrderNumber, Purchase},
    guard::Permit,
    pages::{Browsing, CheckPage, PurchasePage, ResultPage},
    target::Page,
};

/// Makes choices on the purchase page, in the order of the page: a region resets zone and VPC, so it comes first.
///
/// # Errors
/// Class product: a choice is not offered or does not take.
pub async fn choose(browsing: &Browsing, choices: &Purchase) -> anyhow::Result<()> {
    let page = PurchasePage::of(browsing);
    for (field, key) in choices.choices() {
        page.field(field)?.choose(key).await?;
    }
    Ok(())
}

/// Reads what is chosen and what it costs, and presses "Purchase Now" (P1).
///
/// # Errors
/// Class product: no price, or the check page does not come.
pub async fn to_check_page(browsing: &Browsing) -> anyhow::Result<(Purchase, Money)> {
    let page = PurchasePage::of(browsing);
    let fee = page.total_fee().await?;
    let chosen = page.read_choices().await?;
    page.purchase_now().await?;
    Ok((chosen, fee))
}

/// The check page repeats every choice and the fee (I1, I2).
///
/// # Errors
/// Class product: one is missing or another.
pub async fn check_shows(browsing: &Browsing, purchase: &Purchase, fee: Money) -> anyhow::Result<()> {
    let page = CheckPage::of(browsing);
    page.should_repeat(purchase).await?;
    page.total_fee_should_be(fee).await
}

/// Presses "Confirm Purchase" (P2), pays on the payment page where the target has one, and waits for "Payment
/// successful" (P3).
///
/// # Errors
/// Class product: the result page does not come.
pub async fn confirm(browsing: &Browsing, permit: Permit) -> anyhow::Result<OrderNumber> {
    let profile = &browsing.target.profile;
    CheckPage::of(browsing).confirm(permit).await?;
    if let Some(payment) = &profile.pages.payment {
        browsing.arrive(Page::Payment).await?;
        browsing.at(Page::Payment, &payment.pay).click().await?;
    }
    browsing.arrive_within(Page::Result, profile.deadlines.payment).await?;
    ResultPage::of(browsing).order_number().await
}

/// The region of a purchase is what the console shows its instances under.
///
/// # Errors
/// Class test: no region was chosen or read.
pub(super) fn region_of(purchase: &Purchase) -> anyhow::Result<crate::domain::Region> {
    purchase.region().ok_or_else(|| {
        crate::domain::Failure::test(format!("nothing is known of the {} of this purchase: {purchase}", Field::Region))
            .into()
    })
}
