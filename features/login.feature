@login
Feature: Logging in
  Whoever is refused is told why and loses nothing that was typed; whoever is sent to the login comes back to where they
  were.

  Rule: A login is refused with its reason, and repeated failures lock the account for a while

    @E1.1 @3.1.2 @3.2.1
    Scenario: After the login the home page greets by name
      Given a visitor on the home page
      When the visitor goes to log in
      And the visitor logs in with the right password
      Then the home page greets the buyer by name

    @E1.1 @3.2.2
    Scenario: A wrong password
      Given a visitor on the home page
      When the visitor goes to log in
      And the visitor logs in with a wrong password
      Then the login page says "Incorrect e-mail or password"
      And the e-mail address that was typed is still there

    @E1.1 @3.2.2
    Scenario: An e-mail address that nobody has
      Given a visitor on the home page
      When the visitor goes to log in
      And the visitor logs in as nobody that the site knows
      Then the login page says "Incorrect e-mail or password"

    @E1.1 @3.2.3 @may-lock-account
    Scenario: Five failures in a row lock the account, also for the right password
      Given a visitor on the home page
      When the visitor goes to log in
      And the visitor logs in with a wrong password 5 times in a row
      And the visitor logs in with the right password
      Then the login page says "Too many failed attempts. Try again in a minute."

    @E1.1 @3.2.6 @may-lock-account @lever-time
    Scenario: The lock opens after a while
      Given a visitor on the home page
      When the visitor goes to log in
      And the visitor logs in with a wrong password 5 times in a row
      And 2 minutes pass
      And the visitor logs in with the right password
      Then the home page greets the buyer by name

  Rule: The login leads back to where one was

    @E2.1 @3.2.4
    Scenario Outline: Back to the <page>
      When the buyer opens the <page> by its address
      Then the login page opens
      When the buyer logs in there
      Then the buyer is on the <page>

      Examples:
        | page             |
        | purchase page    |
        | console overview |
        | DCDB console     |

      @needs-orders
      Examples:
        | page       |
        | order list |

    @E2.1 @5.1 @lever-time
    Scenario: A session ends by itself
      Given the buyer is logged in at the DCDB console
      When 31 minutes pass
      And the buyer opens the purchase page by its address
      Then the login page opens

  Rule: A session that ends between two steps costs nothing but the login

    @P1 @3.2.5
    Scenario: Before "Purchase Now", the choices stay
      Given the buyer is on the purchase page
      When the buyer chooses
        | region         | Shanghai |
        | disk per shard | 200 GB   |
        | quantity       | 2        |
        | period         | 3 months |
      Then the purchase can go on
      When the session ends
      And the buyer presses "Purchase Now" and is asked to log in
      And the buyer logs in there
      Then the purchase page still has chosen
        | region         | Shanghai |
        | disk per shard | 200 GB   |
        | quantity       | 2        |
        | period         | 3 months |
      And the purchase can go on

    @P1 @3.2.5
    Scenario: While choosing, the choices stay
      Given the buyer is on the purchase page
      Then the purchase can go on
      When the session ends
      And the buyer chooses shards "4" and is asked to log in
      And the buyer logs in there
      Then the purchase page still has chosen
        | shard quantity | 4 |
      And the purchase can go on

    @P1 @3.2.5 @request-price
    Scenario: While what was chosen before is still being priced, the later choices stay
      Given the price service is slow
      And the buyer is on the purchase page
      When the buyer chooses
        | region         | Shanghai |
        | disk per shard | 200 GB   |
      And the session ends
      And the price service works again
      Then the login page opens
      When the buyer logs in there
      Then the purchase page still has chosen
        | region         | Shanghai |
        | disk per shard | 200 GB   |

    @P2 @3.2.5 @pays @contract-documented
    Scenario: Before "Confirm Purchase", nothing is bought until it is confirmed again
      Given the buyer is on the check page of the documented example
      When the session ends
      And the buyer presses "Confirm Purchase" and is asked to log in
      And the buyer logs in there
      Then the buyer is on the check page
      And the check page repeats every choice of the purchase page

    @P5 @3.2.4 @pays @needs-initialisation
    Scenario: In the console
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      And the buyer asks to initialise the instance
      And the session ends
      And the buyer asks to initialise with everything chosen and is asked to log in
      And the buyer logs in there
      Then the buyer is on the DCDB console

  Rule: A menu closes when the pointer leaves it

    @E1.1 @3.1.3
    Scenario: The menu of products
      Given the buyer is logged in on the home page
      When the buyer rests the pointer on "Products" and then on "Database"
      Then the menu of products is closed again once the pointer leaves it
