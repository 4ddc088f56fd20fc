@entry-1
Feature: Entry 1: from the home page
  Whoever hears of the distributed database finds it among the products on the home page, reads about it, and goes
  from there to where it is bought.

  @E1.1 @3.1.1
  Scenario: The menu of products leads to the product page
    Given the buyer is logged in on the home page
    When the buyer follows "Products" > "Database" > "Distributed Database"
    Then the product page of the distributed database opens

  @E1.1 @E1.2 @guide
  Scenario: The product page leads to the purchase page
    Given the buyer is logged in on the home page
    When the buyer rests the pointer on "Products" and then on "Database"
    And the buyer follows "Products" > "Database" > "Distributed Database"
    Then the product page of the distributed database opens
    When the buyer follows "Purchase Now" on the product page
    Then the purchase page opens in a new tab

  @E1.1 @E1.2 @P1 @P2 @P3 @P4 @P5 @3.6.1 @pays @smoke @guide
  Scenario: From the home page all the way to a running instance
    Given the buyer came to the purchase page by entry 1
    When the buyer chooses
      | shard specification | 2 GB   |
      | shard quantity      | 2      |
      | disk per shard      | 500 GB |
    And the buyer presses "Purchase Now"
    Then the check page repeats every choice and the total fee
    When the buyer confirms the purchase
    Then the payment is successful, for the fee that was shown
    When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
    Then the console shows what was bought, as it was chosen, ready to be taken into use
    When the buyer takes every instance into use
    Then every instance is Running
