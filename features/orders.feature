@orders @needs-orders
Feature: Order management
  Every order shows where it stands, and can be changed only while it can.

  Rule: An unpaid order is paid, cancelled or expires, and is then over

    @P2 @3.6.9 @pays @may-unpaid-order @buyer-short-of-money
    Scenario: Cancelled
      Given the buyer has an unpaid order, for want of money
      When the buyer opens the order list
      And the buyer cancels the newest order
      Then the newest order is Cancelled

    @P2 @5.2 @pays @may-unpaid-order @buyer-short-of-money @lever-orders-expire
    Scenario: Expired
      Given the buyer has an unpaid order, for want of money
      When unpaid orders expire
      And the buyer opens the order list
      Then the newest order is Expired
      And it can neither be paid nor cancelled any more

    @P2 @P3 @3.6.9 @pays @may-unpaid-order @lever-account
    Scenario: Paid once there is money for it
      Given the buyer has an unpaid order, and money for it again since a return
      When the buyer opens the order list
      And the buyer pays the newest order
      Then it can neither be paid nor cancelled any more

    @P2 @3.6.9 @pays @may-unpaid-order @buyer-short-of-money
    Scenario: Not paid without the money
      Given the buyer has an unpaid order, for want of money
      When the buyer opens the order list
      And the buyer tries to pay the newest order
      Then the order list says "Insufficient balance"

  Rule: What happened to an order in another tab counts

    @P2 @3.6.10 @pays @may-unpaid-order @buyer-short-of-money
    Scenario: Paid after it was cancelled in another tab
      Given the buyer has an unpaid order, for want of money
      When the buyer opens the order list
      And meanwhile the order is cancelled in a second tab
      And the buyer tries to pay the newest order
      Then the order list says "The order is Cancelled; it cannot be changed.", where it was still offered
      And the newest order is Cancelled

    @P2 @3.6.10 @pays @may-unpaid-order @buyer-short-of-money @lever-orders-expire
    Scenario: Cancelled after it has expired
      Given the buyer has an unpaid order, for want of money
      When the buyer opens the order list
      And unpaid orders expire
      And the buyer cancels the newest order
      Then the order list says "The order is Expired; it cannot be changed.", where it was still offered
      And the newest order is Expired

  Rule: A paid order follows its instances

    @P3 @3.6.15 @pays @lever-hold
    Scenario: Processing while its instance is delivered
      Given instances of the buyer stay Creating when they come to it
      And the buyer bought the documented example
      When the buyer opens the order list
      Then the newest order is Processing
      When the instances of the buyer go on

    @P3 @P5 @3.6.15 @pays @may-first-return
    Scenario: Refunded once its instance is returned
      Given the buyer bought the documented example
      When the buyer turns to the instance in the console
      Then the instance is delivered
      When the buyer returns the first instance, for ¥1,015.20
      And the buyer opens the order list
      Then the newest order is Refunded
