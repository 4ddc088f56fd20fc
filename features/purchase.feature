@purchase
Feature: Choosing, checking and paying
  What a buyer chooses is what is checked, paid for and delivered, at one price all the way, and nobody else's (I1, I2, I3, I5).

  Rule: The purchase page opens with a purchase that could be made

    @P1 @3.3.14
    Scenario: The choices made beforehand
      Given the buyer is on the purchase page
      Then the purchase page has chosen
        | region              | Guangzhou        |
        | zone                | Guangzhou Zone 3 |
        | network type        | basic network    |
        | instance version    | one replica      |
        | shard specification | 2 GB             |
        | shard quantity      | 2                |
        | disk per shard      | 100 GB           |
        | quantity            | 1                |
        | period              | 1 month          |
        | auto-renewal        | off              |

    @P1 @3.3.10 @needs-name
    Scenario: No name is given beforehand
      Given the buyer is on the purchase page
      Then the "instance name" still holds ""

    @P1
    Scenario: Both entries lead to the same purchase page
      Given the buyer came to the purchase page by entry 2
      Then the purchase page has chosen
        | region       | Guangzhou     |
        | network type | basic network |
        | quantity     | 1             |

  Rule: The fee is known before the purchase is checked

    @P1 @3.3.17
    Scenario Outline: <what> costs <fee>
      Given the buyer is on the purchase page
      When the buyer chooses
        | region              | <region>   |
        | instance version    | <version>  |
        | shard specification | <memory>   |
        | shard quantity      | <shards>   |
        | disk per shard      | <disk>     |
        | quantity            | <quantity> |
        | period              | <period>   |
      Then the total fee is <fee>

      Examples:
        | what                     | region            | version      | memory | shards | disk   | quantity | period    | fee        |
        | The documented example   | Guangzhou         | one replica  | 2 GB   | 2      | 500 GB | 1        | 1 month   | ¥1,015.20  |
        | The smallest instance    | Guangzhou         | one replica  | 2 GB   | 2      | 10 GB  | 1        | 1 month   | ¥380.16    |
        | The recommended start    | Guangzhou         | one replica  | 16 GB  | 2      | 200 GB | 1        | 1 month   | ¥3,196.80  |
        | A second replica         | Guangzhou         | two replicas | 2 GB   | 2      | 10 GB  | 1        | 1 month   | ¥570.24    |
        | A cheaper region         | Chengdu           | one replica  | 2 GB   | 2      | 20 GB  | 1        | 1 month   | ¥305.76    |
        | A dearer region          | Hong Kong (China) | one replica  | 2 GB   | 2      | 20 GB  | 1        | 1 month   | ¥594.00    |
        | A year, three at once    | Guangzhou         | one replica  | 2 GB   | 2      | 20 GB  | 3        | 12 months | ¥11,746.43 |

  Rule: The check page repeats everything that was chosen

    @P1 @P2 @3.3.13 @3.4.1
    Scenario Outline: <what>, up to the check page
      Given the buyer is on the purchase page
      When the buyer chooses
        | region              | <region>   |
        | network type        | <network>  |
        | instance version    | <version>  |
        | shard specification | <memory>   |
        | shard quantity      | <shards>   |
        | disk per shard      | <disk>     |
        | quantity            | <quantity> |
      And the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee
      And the purchase could be confirmed

      Examples:
        | what                       | region    | network       | version      | memory | shards | disk   | quantity |
        | The documented example     | Guangzhou | basic network | one replica  | 2 GB   | 2      | 500 GB | 1        |
        | A VPC in another region    | Shanghai  | VPC           | one replica  | 4 GB   | 4      | 200 GB | 1        |
        | Two replicas               | Guangzhou | basic network | two replicas | 8 GB   | 2      | 100 GB | 1        |
        | Several instances at once  | Beijing   | basic network | one replica  | 2 GB   | 2      | 50 GB  | 3        |

  Rule: Paid once, delivered as chosen, ready to be taken into use

    @P1 @P2 @P3 @P4 @P5 @pays
    Scenario Outline: <what>, from <entry> to a running instance
      Given the buyer came to the purchase page by <entry>
      When the buyer buys
        | region              | <region>   |
        | network type        | <network>  |
        | instance version    | <version>  |
        | shard specification | <memory>   |
        | shard quantity      | <shards>   |
        | disk per shard      | <disk>     |
        | quantity            | <quantity> |
        | instance name       | <name>     |
      Then the payment is successful, for the fee that was shown
      When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      When the buyer takes every instance into use
      Then every instance is Running

      Examples:
        | what                      | entry   | region    | network       | version      | memory | shards | disk   | quantity | name    |
        | A VPC in another region   | entry 1 | Shanghai  | VPC           | one replica  | 4 GB   | 4      | 200 GB | 1        | orders  |
        | A VPC in another region   | entry 2 | Shanghai  | VPC           | one replica  | 4 GB   | 4      | 200 GB | 1        | orders  |
        | Two replicas              | entry 1 | Guangzhou | basic network | two replicas | 2 GB   | 2      | 100 GB | 1        | ledger  |
        | Two replicas              | entry 2 | Guangzhou | basic network | two replicas | 2 GB   | 2      | 100 GB | 1        | ledger  |
        | Several instances at once | entry 1 | Beijing   | basic network | one replica  | 2 GB   | 2      | 50 GB  | 3        | archive |
        | Several instances at once | entry 2 | Beijing   | basic network | one replica  | 2 GB   | 2      | 50 GB  | 3        | archive |

    @P1 @P2 @P3 @P4 @3.3.2 @pays
    Scenario: In a zone that is not the first of its region, for more than a month
      Given the buyer came to the purchase page by entry 1
      When the buyer buys
        | region | Shanghai        |
        | zone   | Shanghai Zone 4 |
        | period | 2 months        |
      Then the payment is successful, for the fee that was shown
      When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use

    @P2 @P3 @3.3.19 @3.5.1 @pays
    Scenario: The documented example costs ¥1,015.20 all the way to the balance
      Given the buyer came to the purchase page by entry 1
      When the buyer buys the documented example
      Then the fee that was shown is ¥1,015.20
      And the payment is successful, for the fee that was shown
      And the balance is less by the fee that was shown

    @P3 @P5 @3.6.9 @pays @needs-orders
    Scenario: The one order is listed, with its amount, its day and its instances
      Given the buyer came to the purchase page by entry 2
      When the buyer buys
        | quantity | 2 |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      When the buyer opens the order list
      Then the one order is listed as successful, for the fee that was shown

    @P5 @3.6.2 @pays
    Scenario: An instance is in the console under its own region only
      Given the buyer came to the purchase page by entry 1
      When the buyer buys
        | region | Chengdu |
      And the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      And the region Guangzhou has none of them

  Rule: What one account bought is none of another's to see

    @P3 @P5 @I5 @pays @buyer-another
    Scenario: Neither the instance nor the order is on another buyer's pages
      Given there is another buyer
      And the buyer bought the documented example
      When the buyer turns to the instance in the console
      Then nothing of it is on the pages of the other buyer
