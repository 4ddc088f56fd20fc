@once
Feature: Exactly once
  Whatever an impatient or unlucky buyer does, one confirmation is one order and one charge.

  Rule: The same confirmation again is the same order

    @P2 @P3 @3.4.8 @pays
    Scenario: A double click
      Given the buyer is on the check page of the documented example
      When the buyer presses "Confirm Purchase" twice
      Then the payment is successful, for the fee that was shown

    @P2 @P3 @3.4.8 @pays
    Scenario: A click and Enter
      Given the buyer is on the check page of the documented example
      When the buyer presses "Confirm Purchase" and Enter at once
      Then the payment is successful, for the fee that was shown

    @P2 @P3 @3.4.9 @pays
    Scenario: A reload of the check page before, and of the result after
      Given the buyer is on the check page of the documented example
      When the buyer reloads the page
      And the buyer confirms the purchase
      And the buyer reloads the page
      Then the same order is shown as paid

    @P2 @P3 @3.4.9 @pays
    Scenario: Back in the browser after paying
      Given the buyer is on the check page of the documented example
      When the buyer confirms the purchase
      And the buyer goes back in the browser
      And the buyer confirms the purchase once more, where that is still offered
      Then the same order is shown as paid

    @P2 @P3 @3.4.9 @pays
    Scenario: The same check page in two tabs
      Given the buyer is on the check page of the documented example
      When the buyer opens the check page's address in a second tab
      And the buyer confirms the purchase
      And the buyer turns back to the first tab
      And the buyer confirms the purchase once more, where that is still offered
      Then the same order is shown as paid

    @P2 @P3 @3.4.9 @pays @request-confirmation
    Scenario: The reply is lost behind the payment
      Given the buyer is on the check page of the documented example
      When the reply to the next confirmation is to be lost
      And the buyer confirms the purchase and the reply is lost
      And the buyer opens the check page's address again
      And the buyer confirms the purchase once more, where that is still offered
      Then the same order is shown as paid

    @P2 @3.4.3 @3.4.9 @pays @may-unpaid-order @buyer-short-of-money @needs-orders
    Scenario: An unpaid order is made once, and its message said again
      Given a buyer who is short of money
      And the buyer is on the check page of the documented example
      When the buyer tries to confirm the purchase
      Then there is an unpaid order, and the check page says "Insufficient balance"
      When the buyer tries to confirm the purchase
      Then the check page goes on saying "Insufficient balance"

  Rule: "Purchase Now" again is a new purchase

    @P1 @P2 @P3 @3.4.10 @pays
    Scenario: The same thing bought twice
      Given the buyer is on the check page of the documented example
      When the buyer confirms the purchase
      And the buyer buys the same once more
      Then the payment is successful, for the fee that was shown

    @P1 @P2 @P3 @P5 @3.4.10 @pays
    Scenario: Another purchase is begun in a second tab
      Given the buyer is on the check page of the documented example
      When the buyer meanwhile goes to the check page of another purchase in a second tab
        | shard specification | 4 GB   |
        | disk per shard      | 200 GB |
      And the buyer confirms the purchase
      Then the payment is successful, for the fee that was shown
      When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
