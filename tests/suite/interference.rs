//! What scenarios break of a page from within the buyer's own browser, on a target that is not the run's own: nobody's back door
//! is asked, and what the profile does not say is told by its name.

use crate::{
    money::{Shop, buying},
    run::{Ended, Run},
};

/// As the project's own scenarios, on targets of any kind.
const FEATURE: &str = r#"Feature: Own
  @P1 @request-price
  Scenario: Slow
    Given the price service is slow
    And the buyer is on the purchase page
    Then the purchase page says "Calculating…"
    And the purchase cannot go on
    When the price service works again
    Then the purchase can go on

  @P1 @request-price
  Scenario: Failing
    Given the price service fails
    And the buyer is on the purchase page
    Then the purchase page says "Price unavailable, retry"
    When the price service works again
    And the buyer asks for the price again
    Then the total fee is ¥496.80

  @P1
  Scenario: Ended
    Given the buyer is on the purchase page
    Then the purchase can go on
    When the session ends
    And the buyer chooses shards "4" and is asked to log in
    And the buyer logs in there
    Then the purchase page still has chosen
      | shard quantity | 4 |

  @P2 @address-check
  Scenario: Edited
    Given the buyer is on the check page of the documented example
    When the buyer edits "zone" to "Beijing Zone 3" in the check page's address
    Then the check page says "Choose a zone of the region."
    And the purchase cannot be confirmed

  @P2 @pays @request-confirmation
  Scenario: Lost
    Given the buyer is on the check page of the documented example
    When the reply to the next confirmation is to be lost
    And the buyer confirms the purchase and the reply is lost
    And the buyer opens the check page's address again
    Then the same order is shown as paid
"#;

const ADDRESS: &str = "address: { check: { zone: { parameter: zone, values: { beijing-3: ap-beijing-3 } } } }\n";
const REQUESTS: &str = "requests:\n  price: { url: { contains: /dcdb/price? } }\n  confirmation: { method: POST, url: { contains: /dcdb/confirm } }\n";

fn run(shop: &Shop, more: &str, arguments: &[&str]) -> Ended {
    shop.run(arguments, &(buying("") + more)).feature(FEATURE).end()
}

#[test]
fn what_a_browser_does_itself_holds_on_another_s_target_and_what_is_not_said_of_it_is_not_applicable_by_name() {
    let shop = Shop::open();
    run(&shop, &format!("{REQUESTS}{ADDRESS}"), &[]).expect(0, &["5 passed, 0 failed, 0 skipped"]);
    run(&shop, "", &[]).expect(
        0,
        &[
            "the profile elsewhere does not say which request is meant by the price (requests: price:)",
            "the profile elsewhere does not say which request is meant by the confirmation (requests: confirmation:)",
            "the profile elsewhere does not say how the check page's address writes what was chosen (address: check:)",
            "1 passed, 0 failed, 4 skipped",
        ],
    );
}

#[test]
fn a_page_is_not_to_blame_where_the_profile_means_a_request_that_no_page_makes() {
    let shop = Shop::open();
    let wrong = "deadlines: { element: 5s }\nrequests: { price: { url: { contains: /pricing } } }\naddress: { check: { zone: area } }\n";
    let ended = run(&shop, wrong, &["--name", "Slow|Failing|Edited"]);
    ended.expect(4, &[
        "no request was made that the profile means (requests:)",
        "meant    any method, with \"/pricing\"",
        "/dcdb/price",
        "purchase page: text \"Calculating…\" should be there",
        "the check page's address has no \"area\", which should write the zone (address: check: zone: in the profile)",
        "0 passed, 3 failed",
    ]);
    assert!(!ended.text.contains("class    product"), "{}", ended.text);
}

#[test]
fn in_firefox_requests_are_held_and_sessions_end_where_there_is_one() {
    if crate::variants::has_firefox() {
        let tags = "@request-price or @request-confirmation or @3.2.1";
        Run::of(&["--browser", "firefox", "--tags", tags])
            .end()
            .expect(0, &[" passed, 0 failed, 0 skipped", "on firefox"]);
    }
}
