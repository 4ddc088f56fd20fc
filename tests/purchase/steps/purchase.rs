//! The purchase page.

use cucumber::{gherkin::Step, given, then, when};
use dcdb_purchase_e2e::{
    browser::Condition,
    domain::{Content, Failure, Findings},
    journeys,
    pages::PurchasePage,
    target::Page,
};

use crate::{
    params::{self, Money},
    second_opinion,
    world::{StepResult, World},
};

#[given("the buyer is on the purchase page")]
async fn given_on_purchase_page(world: &mut World) -> StepResult {
    on_purchase_page(world).await
}

/// By its address; it asks for the login first (CONTRACT 2).
pub async fn on_purchase_page(world: &mut World) -> StepResult {
    let account = world.account().await?;
    world.made.forget();
    Ok(journeys::log_in_at_purchase_page(&world.browsing, &account).await?)
}

#[when("the buyer chooses")]
async fn when_chooses(world: &mut World, step: &Step) -> StepResult {
    let signed = world.signed(&params::choices(step, &world.target.profile.catalogue)?);
    journeys::choose(&world.browsing, &signed).await?;
    world.has_made(&signed);
    Ok(())
}

#[when(expr = r#"the buyer presses "Purchase Now""#)]
#[when(r#"买家点击"立即购买""#)]
async fn when_presses_purchase_now(world: &mut World) -> StepResult {
    let (purchase, fee) = journeys::to_check_page(&world.browsing, &world.made).await?;
    world.made.forget();
    world.purchase = purchase;
    world.fee = Some(fee);
    Ok(world.look_back().await?)
}

#[then("the purchase page has chosen")]
async fn then_has_chosen(world: &mut World, step: &Step) -> StepResult {
    let page = PurchasePage::of(&world.browsing);
    let mut findings = Findings::default();
    for (field, key) in params::choices(step, &world.target.profile.catalogue)?.choices() {
        findings.note(page.field(field)?.should_be(key).await)?;
    }
    Ok(findings.verdict()?)
}

#[then(expr = "the total fee is {money}")]
async fn then_total_fee(world: &mut World, amount: Money) -> StepResult {
    let page = PurchasePage::of(&world.browsing);
    let shown = page.total_fee_should_be(amount.0).await;
    // What it is the price of says most about one that is wrong.
    let choices = page.read_choices().await;
    if let Ok(choices) = &choices {
        world.browsing.attachments.add("what the price is of", Content::Text(choices.to_string()));
    }
    shown?;
    Ok(second_opinion::on_price(world, &choices?, amount.0).await?)
}

#[then("the fee is computed")]
async fn then_fee_is_computed(world: &mut World) -> StepResult {
    PurchasePage::of(&world.browsing).total_fee().await?;
    Ok(())
}

#[then("the page notes that products in different regions cannot communicate")]
#[then("页面提示不同地域的云产品网络无法互通")]
async fn then_notes_regions(world: &mut World) -> StepResult {
    Ok(PurchasePage::of(&world.browsing).should_note_regions().await?)
}

#[then(expr = "the page links to the {word} document {string}")]
async fn then_links_to_document(world: &mut World, key: String, document: String) -> StepResult {
    let page = PurchasePage::of(&world.browsing);
    let link = page.document(&key).ok_or_else(|| {
        Failure::test(format!(
            "the profile names no document {key:?} on the purchase page (pages: purchase: documents:)"
        ))
    })?;
    world.browsing.at(Page::Purchase, link).should(Condition::Visible).await?;
    world.browsing.at(Page::Purchase, link).click().await?;
    let place = world.browsing.place(Page::Document, &[("document", &document)])?;
    if world.target.profile.pages.purchase.documents_open_in == dcdb_purchase_e2e::target::OpensIn::NewTab {
        world.browsing.visit.follow_new_tab(Page::Purchase.title(), &link.to_string()).await?;
    }
    world.browsing.visit.arrive(&place).await?;
    // Whatever stands at its address may have a heading.
    Ok(world.browsing.visit.should_be_found(Page::Document.title()).await?)
}
