@lifecycle
Feature: Initialising and returning an instance
  An instance gets its parameters once, and can be given back.

  @needs-initialisation
  Rule: Every parameter is asked for

    @P5 @3.6.7 @pays
    Scenario Outline: Without the <missing>
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      And the buyer asks to initialise it with
        | <first>  | <one> |
        | <second> | <two> |
      Then the DCDB console says "<refusal>"
      When the buyer turns to the delivered instance in the console
      Then for the instance is offered: Initialize and Return

      Examples:
        | missing       | first         | one            | second      | two            | refusal                                      |
        | character set | table names   | case-sensitive | sync mode   | async          | Choose a character set.                      |
        | table names   | character set | utf8mb4        | sync mode   | async          | Choose whether table names are case sensitive. |
        | sync mode     | character set | utf8mb4        | table names | case-sensitive | Choose a sync mode.                          |

    @P5 @3.6.7 @pays
    Scenario Outline: With <character set>
      Given the buyer is on the purchase page
      When the buyer buys
        | disk per shard | 10 GB |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      When the buyer initialises every instance with
        | character set | <character set>  |
        | table names   | case-insensitive |
        | sync mode     | async            |
      Then every instance is Running

      Examples:
        | character set |
        | utf8          |
        | gbk           |
        | latin1        |
        | gb18030       |

    @P5 @3.6.12 @pays
    Scenario: Strong sync that never falls back needs two replicas
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      Then strong sync that never falls back cannot be chosen

    @P5 @3.6.12 @pays
    Scenario: Strong sync that never falls back with two replicas
      Given the buyer is on the purchase page
      When the buyer buys
        | instance version | two replicas |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      When the buyer initialises every instance with
        | sync mode | strong sync |
      Then every instance is Running

    @P5 @3.6.7 @pays
    Scenario: Cancelled, nothing changes
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      And the buyer asks to initialise the instance
      And the buyer chooses everything there
      And the buyer cancels the dialog
      And the buyer turns to the delivered instance in the console
      Then for the instance is offered: Initialize and Return

  Rule: What is returned is paid back, the first time in full

    @P5 @3.6.8 @pays
    Scenario: Not without consent
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      And the buyer asks to return it without consent
      Then the DCDB console says "Give your consent first."

    @P5 @3.6.13 @pays @may-first-return
    Scenario: The first time within five days in full
      Given the buyer bought the documented example
      When the buyer turns to the delivered instance in the console
      And the buyer returns the first instance, for ¥1,015.20
      Then for the instance is offered: nothing

    @P5 @3.6.14 @pays @may-first-return @needs-orders
    Scenario: The second time by the days that are left
      Given the buyer is on the purchase page
      When the buyer buys
        | disk per shard | 500 GB    |
        | quantity       | 2         |
        | period         | 12 months |
      And the buyer turns to the delivered instance in the console
      And the buyer returns the first instance, for ¥10,111.39
      And the buyer returns the second instance, for the days that are left
      And the buyer opens the order list
      Then the newest order is Refunded
