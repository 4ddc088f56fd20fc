@configuration
Feature: Configuration
  What is typed wrong is refused where it stands and never changed in silence.

  Rule: A number out of its range is refused, stays as it was typed, and nothing can be bought

    @P1 @3.3.16
    Scenario Outline: <number> as <field>
      Given the buyer is on the purchase page
      When the buyer enters "<number>" as "<field>"
      Then the purchase page says "<refusal>"
      And the "<field>" still holds "<number>"
      And the purchase cannot go on

      @3.3.6
      Examples:
        | field          | number | refusal                                |
        | shard quantity | 1      | Enter a number from 2 to 8.            |
        | shard quantity | 9      | Enter a number from 2 to 8.            |
        | shard quantity | two    | Enter a whole number.                  |

      @3.3.7
      Examples:
        | field          | number | refusal                                |
        | disk per shard | 15     | Enter 10 to 500 GB in steps of 10 GB.  |
        | disk per shard | 0      | Enter 10 to 500 GB in steps of 10 GB.  |
        | disk per shard | 510    | Enter 10 to 500 GB in steps of 10 GB.  |

      @3.3.8
      Examples:
        | field          | number | refusal                                |
        | quantity       | 0      | Enter a number from 1 to 10.           |
        | quantity       | 11     | Enter a number from 1 to 10.           |

    @P1 @3.3.21
    Scenario: Enter commits a number as leaving the field does
      Given the buyer is on the purchase page
      When the buyer enters "9" as "shard quantity" and presses Enter
      Then the purchase page says "Enter a number from 2 to 8."
      And the purchase cannot go on

    @P1 @3.3.16
    Scenario: A refused number that is mended lets the purchase go on
      Given the buyer is on the purchase page
      When the buyer enters "9" as "shard quantity"
      And the buyer enters "8" as "shard quantity"
      Then the purchase page does not say "Enter a number from 2 to 8."
      And the purchase can go on

    @P1 @3.3.8
    Scenario: The largest quantity
      Given the buyer is on the purchase page
      When the buyer chooses
        | quantity | 10 |
      Then the total fee is ¥4,968.00
      And the purchase can go on

    @P1 @3.3.22 @needs-name
    Scenario: A name of more than 60 characters
      Given the buyer is on the purchase page
      When the buyer enters "a name that is longer than sixty characters are by one letter" as "instance name"
      Then the purchase page says "At most 60 characters"
      And the purchase cannot go on
      When the buyer enters "a name that is as long as names may be, sixty characters all" as "instance name"
      Then the purchase page does not say "At most 60 characters"
      And the purchase can go on

  Rule: The largest disk goes with the memory

    @P1 @3.3.7
    Scenario Outline: <memory> takes up to <largest> GB
      Given the buyer is on the purchase page
      When the buyer chooses
        | shard specification | <memory>     |
        | disk per shard      | <largest> GB |
      Then the purchase can go on
      When the buyer enters "<too large>" as "disk per shard"
      Then the purchase page says "Enter 10 to <largest> GB in steps of 10 GB."
      And the purchase cannot go on

      Examples:
        | memory | largest | too large |
        | 2 GB   | 500     | 510       |
        | 4 GB   | 500     | 510       |
        | 8 GB   | 1000    | 1010      |
        | 16 GB  | 2000    | 2010      |
        | 32 GB  | 3000    | 3010      |
        | 64 GB  | 6000    | 6010      |

    @P1 @3.3.23
    Scenario Outline: <memory> is written with its QPS
      Given the buyer is on the purchase page
      When the buyer chooses
        | shard specification | <memory> |
      Then the shard specification is written with "<qps>"

      Examples:
        | memory | qps    |
        | 2 GB   | 1,880  |
        | 4 GB   | 3,983  |
        | 8 GB   | 6,151  |
        | 16 GB  | 10,098 |
        | 32 GB  | 20,125 |
        | 64 GB  | 37,956 |

  Rule: What is not recommended can be had, with a hint

    @P1 @3.3.24
    Scenario: Three shards
      Given the buyer is on the purchase page
      When the buyer enters "3" as "shard quantity"
      Then the purchase page says "2, 4 or 8 shards are recommended"
      And the purchase can go on

    @P1 @3.3.24
    Scenario: Four shards
      Given the buyer is on the purchase page
      When the buyer enters "3" as "shard quantity"
      Then the purchase page says "2, 4 or 8 shards are recommended"
      When the buyer enters "4" as "shard quantity"
      Then the purchase can go on
      And the purchase page does not say "2, 4 or 8 shards are recommended"

  Rule: The Finance Edition is for nobody yet

    @P1 @3.3.25
    Scenario: Finance Edition
      Given the buyer is on the purchase page
      Then "Finance Edition" cannot be chosen as "instance version"

  Rule: What was named and renewed is what is delivered

    @P1 @P2 @3.3.10 @pays @needs-name
    Scenario: A name with markup in it is shown as text
      Given the buyer is on the purchase page
      When the buyer buys
        | instance name | <b>db</b> & "co" |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use

    @P1 @P2 @3.3.11
    Scenario: Auto-renewal is repeated on the check page
      Given the buyer is on the purchase page
      When the buyer chooses
        | auto-renewal | on |
      And the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee
