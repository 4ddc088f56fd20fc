@contract-today
Feature: The pages of today
  What the documented flow is on today's pages: chosen in the console, checked in a dialog, paid at a cashier, delivered running; by
  the month or by the hour, with a voucher or without.

  Rule: The documented flow, as it is there

    @T1 @T2 @T3 @T10 @E1.1 @E1.2 @P1 @P2 @P3 @P4 @pays
    Scenario: From the home page all the way to a running instance
      Given the buyer came to the purchase page by entry 1
      When the buyer chooses
        | shard specification | 2 GB   |
        | shard quantity      | 2      |
        | disk per shard      | 500 GB |
      Then the total fee is ¥1,015.20
      When the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee
      When the buyer confirms the purchase
      Then the payment is successful, for the fee that was shown
      When the buyer goes to the console and follows "Cloud Products" > "Basic Products" > "Database" > "Distributed Database"
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      And every instance is Running
      And the balance is less by ¥1,015.20

    @T1 @T4 @E2.1 @P1 @P2
    Scenario: From the console to the order that is checked, with all that is asked today
      Given the buyer came to the purchase page by entry 2
      When the buyer chooses
        | region           | Shanghai         |
        | replica zone     | Shanghai Zone 4  |
        | security group   | the default one  |
        | instance version | two replicas     |
        | kernel version   | MySQL 5.7        |
        | project          | Shop             |
        | tag              | team:orders      |
        | character set    | gbk              |
        | table names      | case-insensitive |
        | sync mode        | strong sync      |
        | period           | 12 months        |
      And the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee
      And the purchase could be confirmed

    @T4 @T5 @P1
    Scenario: What is chosen beforehand
      Given the buyer is on the purchase page
      Then the purchase page has chosen
        | billing mode   | monthly subscription        |
        | region         | Guangzhou                   |
        | zone           | Guangzhou Zone 3            |
        | replica zone   | Guangzhou Zone 3            |
        | VPC            | guangzhou-vpc               |
        | subnet         | default                     |
        | security group | no security group           |
        | kernel version | MySQL 8.0                   |
        | character set  | utf8mb4                     |
        | table names    | case-sensitive              |
        | sync mode      | downgradable strong sync    |
        | period         | 1 month                     |

    @T5 @P1
    Scenario: Every region has a private network
      Given the buyer is on the purchase page
      When the buyer chooses
        | region | Chengdu |
      Then the purchase page has chosen
        | VPC    | chengdu-vpc |
        | subnet | default     |
      And the purchase can go on

    @T6 @P1
    Scenario: Strong sync that never falls back needs two replicas
      Given the buyer is on the purchase page
      When the buyer chooses
        | sync mode | strong sync |
      Then the purchase cannot go on

    @T10 @P5 @pays @lever-hold
    Scenario: Delivering, then Running, and only then to be returned
      Given the buyer is on the purchase page
      And instances of the buyer stay Creating when they come to it
      When the buyer buys
        | disk per shard | 10 GB |
      And the buyer turns to the instance in the console
      Then every instance is Creating
      And for the instance is offered: nothing
      When the instances of the buyer go on
      Then the instance comes to Running by itself
      And for the instance is offered: Return

  Rule: By the hour nothing is paid at once, and part of the balance is frozen

    @T7 @T8 @P1 @P2
    Scenario Outline: <what> costs <fee> an hour, with <frozen> to be frozen
      Given the buyer is on the purchase page
      When the buyer chooses
        | billing mode        | pay as you go |
        | region              | <region>      |
        | instance version    | <version>     |
        | shard specification | <memory>      |
        | disk per shard      | <disk>        |
      Then the total fee is <fee>
      When the buyer presses "Purchase Now"
      Then the check page repeats every choice and the total fee
      And <frozen> of the balance is to be frozen

      Examples:
        | what                   | region            | version      | memory | disk   | fee    | frozen |
        | The vendor's example   | Guangzhou         | one replica  | 2 GB   | 500 GB | ¥2.13  | ¥4.26  |
        | A cheaper region       | Chengdu           | one replica  | 2 GB   | 20 GB  | ¥0.81  | ¥1.62  |
        | A second replica       | Hong Kong (China) | two replicas | 16 GB  | 200 GB | ¥23.76 | ¥47.52 |

    @T8 @T11 @P2 @P3 @P4 @P5 @pays
    Scenario: Ordered, frozen, delivered and returned
      Given the buyer is on the purchase page
      When the buyer chooses
        | billing mode   | pay as you go |
        | disk per shard | 500 GB        |
      And the buyer presses "Purchase Now"
      Then ¥4.26 of the balance is to be frozen
      When the buyer confirms the purchase
      Then nothing is paid yet, and ¥4.26 of the balance is frozen
      And the balance is less by ¥4.26
      When the buyer turns to the instance in the console
      Then the console shows what was bought, as it was chosen, ready to be taken into use
      When the buyer returns the instance, and ¥4.26 of the balance is free again
      Then the balance is less by ¥0.00

    @T8 @P2 @pays @lever-account
    Scenario: A balance below what would be frozen opens nothing
      Given a buyer with ¥4.25 on the balance
      And the buyer is on the purchase page
      When the buyer chooses
        | billing mode   | pay as you go |
        | disk per shard | 500 GB        |
      And the buyer presses "Purchase Now"
      And the buyer tries to confirm the purchase
      Then nothing is ordered, and the check page says "The balance is less than what would be frozen"

  Rule: One voucher covers part of a payment

    @T9 @P2 @P3 @pays @lever-account
    Scenario: Taken
      Given a buyer with a voucher of ¥100.00
      And the buyer is on the check page of the documented example
      When the buyer confirms the purchase, taking the voucher
      Then the payment is successful: ¥100.00 by the voucher and ¥915.20 from the balance
      And the balance is less by ¥915.20

    @T9 @P2 @P3 @pays @lever-account
    Scenario: Left
      Given a buyer with a voucher of ¥100.00
      And the buyer is on the check page of the documented example
      When the buyer confirms the purchase, leaving the voucher
      Then the payment is successful: ¥0.00 by the voucher and ¥1,015.20 from the balance
      And the balance is less by ¥1,015.20
