@page-states
Feature: Page states
  What every page and dialog on the way shows, whole, is held against a state that was reviewed by eye. A scenario
  elsewhere says what matters; this feature guards the rest.

  @E1.1
  Scenario: The home page, as a visitor sees it
    Given a visitor on the home page
    Then the home page looks as reviewed for a visitor

  @E1.1
  Scenario: The login page
    Given a visitor on the home page
    When the visitor goes to log in
    Then the login page looks as reviewed

  @E1.1
  Scenario: The menu of products
    Given the buyer is logged in on the home page
    When the buyer rests the pointer on "Products" and then on "Database"
    Then the home page menu looks as reviewed

  @E1.1
  Scenario: The product page
    Given the buyer is logged in on the home page
    When the buyer follows "Products" > "Database" > "Distributed Database"
    Then the product page of the distributed database opens
    And the product page looks as reviewed

  @P1 @buyer-unapproved
  Scenario: The purchase page as opened
    Given the buyer is on the purchase page
    Then the fee is computed
    And the purchase page looks as reviewed as opened

  @P1 @buyer-unapproved
  Scenario: The purchase page with a VPC in another region
    Given the buyer is on the purchase page
    When the buyer chooses
      | region           | Shanghai     |
      | network type     | VPC          |
      | instance version | two replicas |
      | disk per shard   | 500 GB       |
    Then the fee is computed
    And the purchase page looks as reviewed as chosen

  @P2
  Scenario: The check page
    Given the buyer is on the purchase page
    When the buyer chooses
      | disk per shard | 500 GB |
    And the buyer presses "Purchase Now"
    Then the check page looks as reviewed

  @P3 @P4 @P5 @pays @needs-initialisation
  Scenario: From the result page to a running instance
    Given the buyer bought the documented example
    Then the result page looks as reviewed
    When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
    Then the console shows what was bought, as it was chosen, ready to be taken into use
    And the DCDB console looks as reviewed with an uninitialized instance
    When the buyer takes every instance into use
    Then the DCDB console looks as reviewed with a running instance

  @P5 @pays @needs-initialisation
  Scenario: The dialog to initialise
    Given the buyer came to the purchase page by entry 2
    When the buyer buys the documented example
    And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
    Then the console shows what was bought, as it was chosen, ready to be taken into use
    When the buyer asks to initialise the instance
    Then the initialise dialog looks as reviewed

  @P4
  Scenario: The console overview and its menu
    Given the buyer is on the console overview
    Then the console overview looks as reviewed
    When the buyer rests the pointer on "Cloud Products", "Basic Products" and "Database"
    Then the cloud products menu looks as reviewed

  @E2.1
  Scenario: The DCDB console without instances
    Given the buyer is logged in at the DCDB console
    Then the DCDB console looks as reviewed without instances

  @P5 @pays @lever-hold
  Scenario Outline: The DCDB console with an instance that is <status>
    Given the buyer came to the purchase page by entry 2
    And instances of the buyer stay <status> when they come to it
    When the buyer buys the documented example
    And the buyer brings the instance to <status>
    Then the DCDB console looks as reviewed with an instance that is <status>

    Examples:
      | status       |
      | Creating     |
      | Initializing |

  @P3 @pays @needs-orders
  Scenario: The order list
    Given the buyer came to the purchase page by entry 2
    When the buyer buys the documented example
    And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
    Then the console shows what was bought, as it was chosen, ready to be taken into use
    When the buyer opens the order list
    Then the order list looks as reviewed
