@price
Feature: The price
  What is shown is what the server computed just now, or nothing at all.

  Rule: From twelve months on there is a discount, and what it saves is struck through

    @P1 @3.3.26 @3.3.27
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

    @P1 @3.3.9 @3.3.27
    Scenario: Eleven months cost eleven times as much as one
      Given the buyer is on the purchase page
      When the buyer chooses
        | period | 12 months |
      Then the undiscounted fee ¥5,961.60 is struck through
      When the buyer chooses
        | period | 11 months |
      Then the total fee is ¥5,464.80
      And no undiscounted fee is shown

    @P1 @3.3.9
    Scenario: Every period that there is
      Given the buyer is on the purchase page
      When the buyer chooses
        | period | 2 months |
      Then the total fee is ¥993.60
      When the buyer chooses
        | period | 3 months |
      Then the total fee is ¥1,490.40
      When the buyer chooses
        | period | 4 months |
      Then the total fee is ¥1,987.20
      When the buyer chooses
        | period | 5 months |
      Then the total fee is ¥2,484.00
      When the buyer chooses
        | period | 7 months |
      Then the total fee is ¥3,477.60
      When the buyer chooses
        | period | 8 months |
      Then the total fee is ¥3,974.40
      When the buyer chooses
        | period | 9 months |
      Then the total fee is ¥4,471.20
      When the buyer chooses
        | period | 10 months |
      Then the total fee is ¥4,968.00

  Rule: Each change is priced anew

    @P1 @3.3.12
    Scenario: One change after the other
      Given the buyer is on the purchase page
      When the buyer chooses
        | disk per shard | 500 GB |
      Then the total fee is ¥1,015.20
      When the buyer chooses
        | quantity | 2 |
      Then the total fee is ¥2,030.40

    @P1 @3.3.12 @3.3.17 @3.3.18
    Scenario: Each number alone, and what comes after it
      Given the buyer is on the purchase page
      When the buyer chooses
        | shard quantity | 4 |
      Then the total fee is ¥993.60
      When the buyer chooses
        | shard specification | 8 GB |
      Then the total fee is ¥3,196.80
      When the buyer chooses
        | shard specification | 32 GB |
      Then the total fee is ¥12,009.60
      When the buyer chooses
        | shard specification | 4 GB |
      Then the total fee is ¥1,728.00
      When the buyer chooses
        | period | 6 months |
      Then the total fee is ¥10,368.00
      When the buyer chooses
        | instance version | two replicas |
      Then the total fee is ¥15,552.00
      When the buyer chooses
        | period | 24 months |
      Then the total fee is ¥51,632.64
      And the undiscounted fee ¥62,208.00 is struck through

  Rule: While no price is known nothing can be bought

    @P1 @3.3.28 @request-price
    Scenario: The price takes its time
      Given the price service is slow
      And the buyer is on the purchase page
      Then the purchase page says "Calculating…"
      And the purchase cannot go on
      When the price service works again
      Then the purchase can go on

    @P1 @3.3.28 @request-price
    Scenario: The price of a later choice takes its time
      Given the buyer is on the purchase page
      Then the total fee is ¥496.80
      When the price service is slow
      And the buyer chooses
        | disk per shard | 500 GB |
      Then the purchase page says "Calculating…"
      And the purchase cannot go on
      When the price service works again
      Then the total fee is ¥1,015.20

    @P1 @3.3.29 @request-price
    Scenario: The price cannot be had, and then it can
      Given the price service fails
      And the buyer is on the purchase page
      Then the purchase page says "Price unavailable, retry"
      And the purchase cannot go on
      When the price service works again
      And the buyer asks for the price again
      Then the total fee is ¥496.80

    @P1 @3.3.29 @request-price
    Scenario: The price of a later choice cannot be had, and then it can
      Given the buyer is on the purchase page
      Then the total fee is ¥496.80
      When the price service fails
      And the buyer chooses
        | disk per shard | 500 GB |
      Then the purchase page says "Price unavailable, retry"
      And the purchase cannot go on
      When the price service works again
      And the buyer asks for the price again
      Then the total fee is ¥1,015.20

  Rule: A price that changed is confirmed again, or not paid

    @P1 @P2 @3.4.6 @lever-prices
    Scenario: It changed before the check page
      Given the buyer is on the purchase page
      When the buyer chooses
        | disk per shard | 500 GB |
      Then the total fee is ¥1,015.20
      When the price list rises to 110 percent
      And the buyer presses "Purchase Now"
      Then the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥1,116.72

    @P2 @3.4.6 @pays @lever-prices
    Scenario: It changed before it was confirmed, and the new price is paid
      Given the buyer is on the check page of the documented example
      When the price list rises to 110 percent
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥1,116.72
      When the buyer confirms the purchase at the price that is shown now
      Then the payment is successful, for the fee that was shown

    @P2 @3.4.6 @pays @lever-prices
    Scenario: It changed before it was confirmed, and the purchase is left
      Given the buyer is on the check page of the documented example
      When the price list rises to 90 percent
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "The price has changed. Confirm again."
      And the total fee to be confirmed is ¥913.68
