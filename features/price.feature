@price
Feature: The price
  What is shown is what the server computed just now, or nothing at all.

  Rule: From twelve months on there is a discount, and what it saves is struck through

    @P1 @3.3.9 @3.3.12 @3.3.17 @standin-only
    Scenario Outline: <months> at a discount
      Given the buyer is on the purchase page
      When the buyer chooses
        | period | <months> |
      Then the total fee is <fee>
      And the undiscounted fee <whole> is struck through

      Examples:
        | months    | fee        | whole      |
        | 12 months | ¥4,948.13  | ¥5,961.60  |
        | 36 months | ¥14,844.38 | ¥17,884.80 |

    @P1 @3.3.9 @3.3.12 @3.3.17 @standin-only
    Scenario: Eleven months cost eleven times as much as one
      Given the buyer is on the purchase page
      When the buyer chooses
        | period | 11 months |
      Then the total fee is ¥5,464.80
      And no undiscounted fee is shown

  Rule: While no price is known nothing can be bought

    @P1 @3.3.12 @request-price @standin-only
    Scenario: The price takes its time
      Given the price service is slow
      And the buyer is on the purchase page
      Then the purchase page says "Calculating…"
      And the purchase cannot go on
      When the price service works again
      Then the purchase can go on

    @P1 @3.3.12 @request-price @standin-only
    Scenario: The price cannot be had, and then it can
      Given the price service fails
      And the buyer is on the purchase page
      Then the purchase page says "Price unavailable, retry"
      And the purchase cannot go on
      When the price service works again
      And the buyer asks for the price again
      Then the total fee is ¥496.80

  Rule: A price that changed is confirmed again, or not paid

    @P1 @P2 @3.4.6 @pays @standin-only
    Scenario: It changed before the check page
      Given the buyer is on the purchase page
      When the buyer chooses
        | disk per shard | 500 GB |
      Then the total fee is ¥1,015.20
      When the price list rises to 110 percent
      And the buyer presses "Purchase Now"
      Then the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥1,116.72

    @P2 @3.4.6 @pays @standin-only
    Scenario: It changed before it was confirmed, and the new price is paid
      Given the buyer is on the check page of the documented example
      When the price list rises to 110 percent
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥1,116.72
      When the buyer confirms the purchase at the price that is shown now
      Then the payment is successful, for the fee that was shown

    @P2 @3.4.6 @pays @standin-only
    Scenario: It changed before it was confirmed, and the purchase is left
      Given the buyer is on the check page of the documented example
      When the price list rises to 90 percent
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥913.68
